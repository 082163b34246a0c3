"""``summitwire doctor``: is everything in place, and if not, how to fix it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import typer

from services.alerting.deliver.channels.table import ChannelAddresses, describe_missing_address
from services.alerting.language.check import Vocabulary
from services.alerting.rollout.changelog import RulesChangelog, rule_set_revision
from services.alerting.rollout.topic import RulesTopic
from services.alerting.routes.parse_routes import load_routes
from services.alerting.rules.rule_set import RuleSet, load_rules
from services.alerting.settings import AlertingSettings
from services.console.errors import EXIT_BAD
from services.console.options import JsonLines
from services.console.printing.json_lines import json_line
from services.console.running_services import state_of, urls
from services.console.service_settings import settings_of
from services.console.topics.topic_reader import newest_record, partitions_of
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import feeds_file
from services.tagger.data.entry_catalogue import load_catalogue
from services.tagger.data.gazetteer import load_gazetteer
from services.tagger.offices.terms import describe_expired_offices
from services.tagger.settings import TaggerSettings
from shared.base import settings
from shared.base.exits import ConfigurationError
from shared.base.outcomes import InvalidMessage
from shared.base.ports import NAMES
from shared.files.yaml_document import DocumentError
from shared.kafka import broker_settings, preflight, topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED, RULES
from shared.messages.codec import decode
from shared.messages.schemas import TaggedArticle

SAME_AS_ABOVE: Final = "not checked, for the reason above"
MAX_NAMED: Final = 5
"""Rules and receivers that are named for a destination."""
MARK: Final = {True: "ok  ", False: "BAD "}
Check = Callable[[], str]
"""Returns what is in order; raises ConfigurationError, DocumentError or InvalidMessage."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check: whether it is in order, and details or how to fix it."""

    subject: str
    ok: bool
    message: str


def doctor(json_: JsonLines = False) -> None:
    """Check settings, broker, topics, rules, actors and destinations; exit 1 if one is wrong.

    Example: summitwire doctor
    """
    is_healthy, reported = True, set[str]()
    for subject, check in _checks():
        for result in _run_check(subject, check, reported):
            typer.echo((_as_json if json_ else _as_text)(result))
            is_healthy &= result.ok
    if not is_healthy:
        raise typer.Exit(EXIT_BAD)


def _as_json(result: CheckResult) -> str:
    return json_line({"what": result.subject, "ok": result.ok, "told": result.message})


def _as_text(result: CheckResult) -> str:
    return f"{MARK[result.ok]} {result.subject}: {result.message}"


def _checks() -> Iterator[tuple[str, Check]]:
    yield from ((f"settings of {service}", partial(_settings, service)) for service in NAMES)
    yield "broker", _broker
    yield "topics", _topics
    yield "offsets", _offsets
    yield "actors and keywords", _gazetteer
    yield "actors in force", _active_actors
    yield "rules", _rules
    yield "rules in force", _active_rules
    yield "routes", _routes
    yield "feeds", _feeds
    yield "destinations", _destinations
    yield from ((f"running {name}", partial(state_of, url)) for name, url in urls().items())


def _run_check(subject: str, check: Check, reported: set[str]) -> Iterator[CheckResult]:
    """Yield the check's results; a mistake that is in ``reported`` already is not repeated."""
    try:
        yield CheckResult(subject, True, check())
    except (ConfigurationError, DocumentError, InvalidMessage) as error:
        lines = str(error).splitlines()
        new_lines = [line for line in lines if line not in reported]
        reported.update(lines)
        yield from (CheckResult(subject, False, line) for line in new_lines or [SAME_AS_ABOVE])


def _settings(service: str) -> str:
    service_settings = settings.load(settings_of(service))
    changed = service_settings.model_fields_set
    values = {name.upper(): value for name, value in service_settings if name in changed}
    texts = [f"{name}={value}" for name, value in sorted(values.items())]
    return "; ".join(texts) or "all at their defaults"


def _cluster() -> Cluster:
    return Cluster(settings.load(settings.KafkaSettings))


def _broker() -> str:
    kafka = settings.load(settings.KafkaSettings)
    topics = asyncio.run(preflight.partition_counts(Cluster(kafka)))
    return f"{kafka.kafka_bootstrap} answers, {len(topics)} topics"


def _topics() -> str:
    differences = asyncio.run(topic_admin.differences(_cluster()))
    if differences:
        raise ConfigurationError("\n".join(differences))
    return "as the table says"


def _offsets() -> str:
    """Check that the brokers keep consumer offsets for longer than the topics keep their data."""
    brokers = asyncio.run(broker_settings.fetch_settings(_cluster()))
    if mistakes := broker_settings.mistakes(brokers):
        raise ConfigurationError("\n".join(mistakes))
    return broker_settings.summary(brokers)


def _gazetteer() -> str:
    tagger = settings.load(TaggerSettings)
    gazetteer = load_gazetteer(tagger.actors_dir, tagger.keywords_dir)
    people, offices = len(gazetteer.actors), len(gazetteer.offices)
    counts = f"{people} people, {offices} offices, {len(gazetteer.keywords)} keywords"
    expired = describe_expired_offices(gazetteer.offices.values(), datetime.now(UTC).date())
    revision = f"revision {gazetteer.revision[:12]}"
    return "; ".join(filter(None, (f"{counts}, {revision}", expired)))


def _active_actors() -> str:
    """Say with which data the tagger tagged last.

    Data other than in the files is not a mistake: nothing may have come since they changed.
    """
    tagger = settings.load(TaggerSettings)
    record = asyncio.run(newest_record(Cluster(tagger), ARTICLES_TAGGED.name))
    if record is None:
        return "nothing was tagged yet"
    revision = decode(record.value, TaggedArticle).tagger_revision
    files = load_gazetteer(tagger.actors_dir, tagger.keywords_dir)
    moment = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    comparison = "as" if revision == files.revision else "other than"
    return (
        f"revision {revision[:12]} when it last tagged, at {moment:%Y-%m-%d %H:%M:%S} UTC, "
        f"{comparison} in {tagger.actors_dir}"
    )


def _rules() -> str:
    alerting = settings.load(AlertingSettings)
    return f"{len(_load_rules(alerting).rules)} in {alerting.rules_dir}"


def _routes() -> str:
    name = settings.load(AlertingSettings).routes_file
    if not name:
        return "none: alerts go to the destinations of their rules"
    routes = load_routes(Path(name))
    return f"{len(routes.receivers)} receivers in {name}"


def _load_rules(alerting: AlertingSettings) -> RuleSet:
    catalogue = load_catalogue(alerting.actors_dir, alerting.keywords_dir)
    return load_rules(alerting.rules_dir, Vocabulary.from_gazetteer(catalogue))


def _active_rules() -> str:
    alerting = settings.load(AlertingSettings)
    log = asyncio.run(_load_changelog(Cluster(alerting)))
    if mistake := log.mistake():
        hint = "send SIGHUP to an alerting process whose rule files are good"
        raise ConfigurationError(f"rules.v1: {mistake}; {hint}")
    change = log.change
    if change is None:
        return "none yet: alerting puts those of its files there when it starts"
    files = rule_set_revision(loaded.rule for loaded in _load_rules(alerting).rules)
    comparison = "as" if change.revision == files else "other than"
    return (
        f"{change.rules} since change {change.number}, by {change.changed_by} "
        f"at {change.changed_at:%Y-%m-%d %H:%M:%S} UTC, {comparison} in {alerting.rules_dir}"
    )


async def _load_changelog(cluster: Cluster) -> RulesChangelog:
    await partitions_of(cluster, RULES.name)
    topic = RulesTopic(cluster)
    await topic.open()
    try:
        await topic.poll_to_end()
    finally:
        await topic.close()
    return topic.log


def _feeds() -> str:
    file = settings.load(FetcherSettings).feeds_file
    if not file:
        return "none is polled: FEEDS_FILE names no file"
    feeds = feeds_file.load(Path(file))
    off = sum(not feed.enabled for feed in feeds)
    return f"{len(feeds)} in {file}" + (f", {off} of them off" if off else "")


def _destinations() -> str:
    alerting = settings.load(AlertingSettings)
    addresses = alerting.channel_addresses()
    places = sorted(addresses.hosts())
    places += [addresses.smtp.host] if addresses.smtp else []
    places += [str(addresses.files)] if addresses.files else []
    places += ["Apprise"] if addresses.apprise.by_name else []
    if not places:
        return "no address is configured: notifications wait for one (SLACK_WEBHOOK_URL_FILE)"
    if missing := list(_destinations_without_address(alerting, addresses)):
        raise ConfigurationError("\n".join(missing))
    return f"notifications go to {', '.join(places)}"


def _destinations_without_address(
    alerting: AlertingSettings, addresses: ChannelAddresses
) -> Iterator[str]:
    """Yield a line for each destination that is named and leads nowhere: who names it, and why."""
    named_by: dict[str, list[str]] = {}
    for loaded in _load_rules(alerting).rules:
        for destination in loaded.rule.destinations:
            named_by.setdefault(destination, []).append(f"rule {loaded.rule.rule_id}")
    if alerting.routes_file:
        for receiver in load_routes(Path(alerting.routes_file)).receivers.values():
            for destination in receiver.destinations:
                named_by.setdefault(destination, []).append(f"receiver {receiver.name}")
    if alerting.delivery_fallback:
        named_by.setdefault(alerting.delivery_fallback, []).append("DELIVERY_FALLBACK")
    for destination, names in sorted(named_by.items()):
        if not addresses.has_address(destination):
            more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
            listed = ", ".join(names[:MAX_NAMED]) + more
            yield f"{destination} ({listed}): {describe_missing_address(destination)}"
