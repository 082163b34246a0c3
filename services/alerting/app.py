"""Wiring: articles.tagged → match → alerts → notify → notifications → deliver → people. Three stages, in one process or in three."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from services.alerting.deliver.channels.table import build_channels
from services.alerting.deliver.deliverer import Deliverer
from services.alerting.language.check import Vocabulary
from services.alerting.match.match import RuleMatcher, match_article
from services.alerting.match.warmup import WarmingMatcher, build_matcher_factory
from services.alerting.notify.thresholds import notifications_for
from services.alerting.rollout.active_rules import ActiveRules
from services.alerting.rollout.folder import RulesFolder
from services.alerting.rollout.topic import RulesTopic
from services.alerting.settings import AlertingSettings
from services.tagger.data.entry_catalogue import load_catalogue
from shared.base import metrics
from shared.base.settings import ConfigurationError
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood
from shared.files.reloads import Reloads
from shared.files.yaml_document import DocumentError
from shared.http.clients import delivery_client
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_TAGGED, DELIVERIES, HITS, NOTIFICATIONS
from shared.limits.record_limits import RecordLimits
from shared.messages.codec import decode
from shared.messages.schemas import Alert, TaggedArticle
from shared.service.worker import Service
from shared.stream.stage import Stage, StageSpec
from shared.stream.state_store import StateStore
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, InProcessWork, StatefulWork, output

T = TypeVar("T")

NAME: Final = "alerting"
STAGES: Final = ("match", "notify", "deliver")
SAME_PARTITIONS: Final = ((ALERTS, HITS), (NOTIFICATIONS, DELIVERIES))


def handle_article(value: bytes | None, rules: RuleMatcher) -> HandlerResult:
    """One record of articles.tagged to its records of alerts, one a rule that fires."""
    found = match_article(decode(value, TaggedArticle), rules)
    metrics.RULES_SUPPRESSED.inc(len(found.suppressed))
    return [output(ALERTS, alert) for alert in found.alerts]


def handle_alert(value: bytes | None, state: StateStore) -> HandlerResult:
    """One record of alerts to its records of notifications; ``state`` holds the hits of rules with a threshold."""
    return [
        output(NOTIFICATIONS, notification)
        for notification in notifications_for(decode(value, Alert), state)
    ]


def build(
    cluster: Cluster, progress: Progress, settings: AlertingSettings, only: Sequence[str] = STAGES
) -> Service:
    """The process with the stages in ``only``. ConfigurationError lists every mistake in actors, keywords and addresses, and with them in rules."""
    mistakes: list[str] = []
    rules = (
        _noting(mistakes, partial(build_active_rules, cluster, settings))
        if "match" in only
        else None
    )
    if "deliver" in only:
        _noting(mistakes, settings.slack)
        _noting(mistakes, settings.webhook)
    if mistakes:
        raise ConfigurationError("\n".join([*_doubts(rules), *mistakes]))
    makers: dict[str, Callable[[Cluster, Progress, AlertingSettings], Stage | Deliverer]] = {
        "notify": _notify,
        "deliver": _deliver,
    }
    if rules is not None:
        makers["match"] = partial(_match, rules)
    stages = [makers[stage](cluster, progress, settings) for stage in only]
    checks = {name: check for stage in stages for name, check in stage.checks.items()}
    service = Service(name=NAME, components=stages, progress=progress, checks=checks)
    return service if rules is None else _following(service, rules)


def build_active_rules(cluster: Cluster, settings: AlertingSettings) -> ActiveRules:
    """The rules, their files read for the first time. DocumentError lists every mistake in actors and keywords."""
    # The tagger's data say which ids there are: a rule that names nobody is refused. They are read again when they change, and then the rules are.
    data = (settings.actors_dir, settings.keywords_dir)
    reloads = Reloads("actors", metrics.ACTORS_RELOADED, metrics.ACTORS_RELOADED_AT)
    vocabulary = LastGood(
        WatchedFolders(*data), lambda: Vocabulary.from_gazetteer(load_catalogue(*data)), reloads
    )
    rules = ActiveRules(
        RulesTopic(cluster),
        RulesFolder(settings.rules_dir, vocabulary.fresh, data),
        by=settings.changed_by(),
    )
    rules.load_files()
    return rules


def _following(service: Service, rules: ActiveRules) -> Service:
    """The service with the rules kept as rules.v1 and the rule files say."""
    checks = {**service.checks, "rules": rules.obstacle}
    return replace(
        service,
        components=[rules, *service.components],
        checks=checks,
        prepare=rules.prepare,
        warnings=_doubts(rules),
        reload=rules.reload,
    )


def _doubts(rules: ActiveRules | None) -> list[str]:
    """What is wrong with the rule files: no reason not to start where the topic has a good set."""
    return [str(problem) for problem in rules.reloads.problems] if rules else []


def _noting(mistakes: list[str], make: Callable[[], T]) -> T | None:
    """What ``make`` makes; where it cannot, why not is noted, so that all mistakes are told together."""
    try:
        return make()
    except (ConfigurationError, DocumentError) as error:
        mistakes.append(str(error))
        return None


def _match(
    rules: ActiveRules, cluster: Cluster, progress: Progress, settings: AlertingSettings
) -> Stage:
    warming = WarmingMatcher(lambda: rules.current, build_matcher_factory)
    work = InProcessWork(
        lambda value: handle_article(value, warming),
        RecordLimits.from_settings(settings),
        prepare=warming.catch_up,
    )
    spec = StageSpec(
        name="alerting/match",
        source=ARTICLES_TAGGED,
        work=work,
        checkpoint="t-matched",
        max_records=settings.batch_max_records,
    )
    stage = Stage(spec, cluster, progress)
    rules.is_leader = lambda: any(tp.partition == 0 for tp in stage.assignment.partitions)
    return stage


def _notify(cluster: Cluster, progress: Progress, settings: AlertingSettings) -> Stage:
    work = StatefulWork(handle_alert, RecordLimits.from_settings(settings))
    spec = StageSpec(
        name="alerting/notify",
        source=ALERTS,
        state=HITS,
        work=work,
        max_records=settings.batch_max_records,
    )
    return Stage(spec, cluster, progress)


def _deliver(cluster: Cluster, progress: Progress, settings: AlertingSettings) -> Deliverer:
    slack, webhook = settings.slack(), settings.webhook()
    client = delivery_client(
        hosts=slack.hosts() | webhook.hosts(),
        allowed=[entry for entry in settings.delivery_allow.split(",") if entry],
    )
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else None
    table = build_channels(client, slack=slack, webhook=webhook, webhook_secret=secret)
    return Deliverer(
        cluster,
        progress,
        table,
        fallback=settings.delivery_fallback,
        drain_s=settings.drain_s,
        limits=RecordLimits.from_settings(settings),
    )
