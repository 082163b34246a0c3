"""Wiring: articles.tagged → match → alerts → notify → notifications → deliver → people. Three stages, in one process or in three."""

from collections.abc import Callable, Sequence
from typing import Final

from services.alerting.channels.table import channels
from services.alerting.deliver import Deliverer
from services.alerting.language.check import Vocabulary
from services.alerting.match import match
from services.alerting.notify import notify
from services.alerting.rules import RuleSet, load_rules
from services.alerting.settings import AlertingSettings
from services.tagger.gazetteer import load_gazetteer
from shared import metrics
from shared.codec import decode
from shared.http import delivery_client
from shared.kafka import Cluster
from shared.schemas import Alert, TaggedArticle
from shared.stage import Stage, StageSpec
from shared.topics import ALERTS, ARTICLES_TAGGED, DELIVERIES, NOTIFICATIONS
from shared.watchdog import Progress
from shared.work import InProcess, Outcome, output
from shared.worker import Service

NAME: Final = "alerting"
STAGES: Final = ("match", "notify", "deliver")
SAME_PARTITIONS: Final = ((NOTIFICATIONS, DELIVERIES),)


def handle_article(value: bytes | None, rules: RuleSet) -> Outcome:
    """One record of articles.tagged to its records of alerts, one a rule that fires."""
    return [output(ALERTS, alert) for alert in match(decode(value, TaggedArticle), rules)]


def handle_alert(value: bytes | None) -> Outcome:
    """One record of alerts to its records of notifications."""
    return [output(NOTIFICATIONS, notification) for notification in notify(decode(value, Alert))]


def build(cluster: Cluster, progress: Progress, settings: AlertingSettings, only: Sequence[str] = STAGES) -> Service:
    """The process with the stages in ``only``. DocumentError lists every mistake in the rules, ConfigurationError in the addresses."""
    makers: dict[str, Callable[[Cluster, Progress, AlertingSettings], Stage | Deliverer]]
    makers = {"match": _match, "notify": _notify, "deliver": _deliver}
    runs = [makers[stage](cluster, progress, settings) for stage in only]
    return Service(name=NAME, runs=runs, progress=progress, ready=lambda: all(each.ready for each in runs))


def _match(cluster: Cluster, progress: Progress, settings: AlertingSettings) -> Stage:
    # The tagger's data say which ids there are: a rule that names nobody is refused when the service starts.
    rules = load_rules(settings.rules_dir, Vocabulary.of(load_gazetteer(settings.actors_dir, settings.keywords_dir)))
    metrics.RULES_LOADED.set(len(rules.rules))
    work = InProcess(lambda value: handle_article(value, rules))
    spec = StageSpec(name="alerting/match", source=ARTICLES_TAGGED, work=work, station="t-matched", max_records=settings.batch_max_records)
    return Stage(spec, cluster, progress)


def _notify(cluster: Cluster, progress: Progress, settings: AlertingSettings) -> Stage:
    spec = StageSpec(name="alerting/notify", source=ALERTS, work=InProcess(handle_alert), max_records=settings.batch_max_records)
    return Stage(spec, cluster, progress)


def _deliver(cluster: Cluster, progress: Progress, settings: AlertingSettings) -> Deliverer:
    slack, webhook = settings.slack(), settings.webhook()
    client = delivery_client(hosts=slack.hosts() | webhook.hosts(), allowed=[entry for entry in settings.delivery_allow.split(",") if entry])
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else None
    table = channels(client, slack=slack, webhook=webhook, webhook_secret=secret)
    return Deliverer(cluster, progress, table, fallback=settings.delivery_fallback, drain_s=settings.drain_s)
