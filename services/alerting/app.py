"""Wiring: build the stages of pipeline.py, all in one process or only some of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlsplit

from services.alerting.deliver.channels.table import build_channels
from services.alerting.deliver.deliverer import Deliverer
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.language.check import Vocabulary
from services.alerting.match.dispatches import plan_dispatches
from services.alerting.match.match import RuleMatcher
from services.alerting.match.warmup import WarmingMatcher, build_matcher_factory
from services.alerting.pipeline import COUNT, DELIVER, MATCH, STAGES
from services.alerting.rollout.folder import RulesFolder
from services.alerting.rollout.reload_rules import ActiveRules
from services.alerting.rollout.routes_file import build_reload_loop, follow_routes_file
from services.alerting.rollout.topic import RulesTopic
from services.alerting.routes.routes import Routes, route_alerts
from services.alerting.settings import AlertingSettings
from services.alerting.silences.topic import FeedbackTopic, SilencesTopic
from services.alerting.watch.heartbeat import Heartbeat, HeartbeatTarget
from services.alerting.watch.watcher import Watch
from services.tagger.data.entry_catalogue import load_catalogue
from shared.base import metrics
from shared.base.exits import ConfigurationError
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood
from shared.files.reload_report import Reloads
from shared.files.yaml_document import DocumentError
from shared.http.clients import Client, delivery_client
from shared.kafka.cluster import Cluster
from shared.kafka.topics import NOTIFICATIONS
from shared.limits.record_limits import RecordLimits
from shared.messages.codec import decode
from shared.messages.schemas import Alert, TaggedArticle
from shared.service.worker import Component, Service
from shared.stream.followed_topic import FollowedTopic
from shared.stream.output import output
from shared.stream.stage import Stage, StageSpec
from shared.stream.state_store import StateStore
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, StatefulWork

T = TypeVar("T")

NAME: Final = "alerting"
STAGE_NAMES: Final = tuple(stage.name for stage in STAGES)
SAME_PARTITIONS: Final = tuple((stage.source, stage.state) for stage in STAGES if stage.state)


def handle_article(
    value: bytes | None, rules: RuleMatcher, state: StateStore, routes: Routes
) -> HandlerResult:
    """Turn a record of articles.tagged into alerts, one per rule that fires, and dispatches.

    ``state`` holds who received which article.
    """
    article = decode(value, TaggedArticle)
    result = MATCH.step(article, rules)
    metrics.RULES_SUPPRESSED.inc(len(result.suppressed))
    alerts = route_alerts(result.alerts, routes)
    dispatches = plan_dispatches(article, alerts, state)
    return [
        *(output(COUNT.source, alert) for alert in alerts),
        *(output(DELIVER.source, dispatch) for dispatch in dispatches),
    ]


def handle_alert(value: bytes | None, state: StateStore) -> HandlerResult:
    """Turn a record of alerts into dispatches of bursts; ``state`` holds the counted alerts."""
    decision = COUNT.step(decode(value, Alert), state)
    if decision.reason is not None:
        number = len(decision.dispatches) + len(decision.facts)
        metrics.NOTIFICATIONS.labels(decision.reason.label).inc(number)
    return [
        *(output(DELIVER.source, dispatch) for dispatch in decision.dispatches),
        *(output(NOTIFICATIONS, fact) for fact in decision.facts),
    ]


def build(
    cluster: Cluster,
    progress: Progress,
    settings: AlertingSettings,
    only: Sequence[str] = STAGE_NAMES,
) -> Service:
    """Build the process with the stages in ``only``.

    ConfigurationError lists every problem in actors, keywords, routes and addresses, and then also
    those in the rule files. Mistakes in rule files alone are warnings: rules.v1 may have a valid
    set.
    """
    problems: list[str] = []
    rules = None
    routes = _try_to(partial(follow_routes_file, settings.routes_file), problems)
    if MATCH.name in only:
        rules = _try_to(partial(build_active_rules, cluster, settings), problems)
    if DELIVER.name in only:
        _try_to(settings.channel_addresses, problems)
        _try_to(settings.heartbeat_target, problems)
    if problems or routes is None:
        raise ConfigurationError("\n".join([*_rule_file_problems(rules), *problems]))
    silences, feedback = SilencesTopic(cluster), FeedbackTopic(cluster)
    builders: dict[str, Callable[[Cluster, Progress, AlertingSettings], Stage | Deliverer]] = {
        COUNT.name: _build_count,
        DELIVER.name: partial(_build_deliver, routes, silences, feedback),
    }
    if rules is not None:
        builders[MATCH.name] = partial(_build_match, rules, routes)
    stages = [builders[name](cluster, progress, settings) for name in only]
    checks = {name: check for stage in stages for name, check in stage.checks.items()}
    reload_loop = build_reload_loop(routes)
    service = Service(
        name=NAME,
        components=[reload_loop, *stages],
        progress=progress,
        checks=checks,
        reload=reload_loop.request_reload,
    )
    if DELIVER.name in only:
        followed = (silences, feedback)
        watching = _build_watch(routes, stages, cluster, settings)
        components = [*followed, *service.components, *watching]
        service = replace(service, components=components, prepare=partial(_prepare_all, followed))
    return service if rules is None else _add_rules(service, rules)


def build_active_rules(cluster: Cluster, settings: AlertingSettings) -> ActiveRules:
    """Build the rules and load their files.

    DocumentError lists every problem in actors and keywords. The tagger's data say which ids exist,
    so that a rule that names an unknown one is refused. When those files change they are loaded
    again, and then the rules are.
    """
    data = (settings.actors_dir, settings.keywords_dir)
    reloads = Reloads("actors", metrics.ACTORS_RELOADED, metrics.ACTORS_RELOADED_AT)
    vocabulary = LastGood(
        WatchedFolders(*data), lambda: Vocabulary.from_gazetteer(load_catalogue(*data)), reloads
    )
    rules = ActiveRules(
        RulesTopic(cluster),
        RulesFolder(settings.rules_dir, vocabulary.fresh, data),
        by=settings.author(),
    )
    rules.load_files()
    return rules


def _add_rules(service: Service, rules: ActiveRules) -> Service:
    """Return the service with a component that follows rules.v1 and the rule files."""

    async def prepare_all() -> None:
        await rules.prepare()
        if service.prepare is not None:
            await service.prepare()

    def reload_all() -> None:
        rules.reload()
        if service.reload is not None:
            service.reload()

    return replace(
        service,
        components=[rules, *service.components],
        checks={**service.checks, "rules": rules.obstacle},
        prepare=prepare_all,
        warnings=_rule_file_problems(rules),
        reload=reload_all,
    )


async def _prepare_all(followed: Sequence[FollowedTopic]) -> None:
    for topic in followed:
        await topic.prepare()


def _rule_file_problems(rules: ActiveRules | None) -> list[str]:
    return [str(problem) for problem in rules.reloads.problems] if rules else []


def _try_to(make: Callable[[], T], problems: list[str]) -> T | None:
    """Return what ``make`` returns, or add its error to ``problems``: all are reported together."""
    try:
        return make()
    except (ConfigurationError, DocumentError) as error:
        problems.append(str(error))
        return None


def _build_match(
    rules: ActiveRules,
    routes: LastGood[Routes],
    cluster: Cluster,
    progress: Progress,
    settings: AlertingSettings,
) -> Stage:
    matcher = WarmingMatcher(lambda: rules.current, build_matcher_factory)
    work = StatefulWork(
        lambda value, state: handle_article(value, matcher, state, routes.value),
        RecordLimits.from_settings(settings),
        prepare=matcher.catch_up,
    )
    spec = StageSpec(
        name=f"{NAME}/{MATCH.name}",
        source=MATCH.source,
        state=MATCH.state,
        work=work,
        checkpoint="t-matched",
        max_records=settings.batch_max_records,
    )
    stage = Stage(spec, cluster, progress)
    rules.is_leader = lambda: any(tp.partition == 0 for tp in stage.assignment.partitions)
    return stage


def _build_count(cluster: Cluster, progress: Progress, settings: AlertingSettings) -> Stage:
    spec = StageSpec(
        name=f"{NAME}/{COUNT.name}",
        source=COUNT.source,
        state=COUNT.state,
        work=StatefulWork(handle_alert, RecordLimits.from_settings(settings)),
        max_records=settings.batch_max_records,
    )
    return Stage(spec, cluster, progress)


def _build_watch(
    routes: LastGood[Routes],
    stages: Sequence[Stage | Deliverer],
    cluster: Cluster,
    settings: AlertingSettings,
) -> list[Component]:
    """Return the watch, and the heartbeat if one is configured."""
    target = settings.heartbeat_target()
    heartbeat = None if target is None else Heartbeat(_heartbeat_client(target, settings), target)
    deliverer = next(stage for stage in stages if isinstance(stage, Deliverer))
    checks = [check for stage in stages for check in stage.checks.values()]

    def note(works: bool) -> None:
        if heartbeat is not None:
            heartbeat.note(works and not any(check() for check in checks))

    watch = Watch(
        cluster,
        settings.watch_plan(),
        routes=lambda: routes.value,
        is_leader=lambda: any(tp.partition == 0 for tp in deliverer.assignment.partitions),
        note=note,
    )
    return [watch] if heartbeat is None else [watch, heartbeat]


def _heartbeat_client(target: HeartbeatTarget, settings: AlertingSettings) -> Client:
    host = urlsplit(target.url).hostname or ""
    return delivery_client(hosts=[host], allowed=settings.allowed_networks())


def _build_deliver(
    routes: LastGood[Routes],
    silences: SilencesTopic,
    feedback: FeedbackTopic,
    cluster: Cluster,
    progress: Progress,
    settings: AlertingSettings,
) -> Deliverer:
    addresses = settings.channel_addresses()
    client = delivery_client(
        hosts=addresses.hosts(),
        allowed=settings.allowed_networks(),
    )
    return DELIVER.step(
        cluster,
        progress,
        build_channels(client, addresses),
        fallback=settings.delivery_fallback,
        drain_s=settings.drain_s,
        limits=RecordLimits.from_settings(settings),
        defaults=settings.group_defaults(),
        policy=DeliveryPolicy(
            routes=lambda: routes.value, silences=silences.book, feedback=feedback.book
        ),
        links=settings.message_links(addresses.board_url) if addresses.board_url else None,
    )
