"""``summitwire doctor``: is everything in place, and if not, how to mend it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from services.alerting.language.check import Vocabulary
from services.alerting.rollout.changelog import RulesChangelog, rule_set_revision
from services.alerting.rollout.topic import RulesTopic
from services.alerting.rules.rule_set import RuleSet, load_rules
from services.alerting.settings import AlertingSettings
from services.console.errors import EXIT_BAD
from services.console.running_services import state_of, urls
from services.console.service_settings import settings_of
from services.console.topics.topic_reader import newest_record, partitions_of
from services.fetcher import feeds_file
from services.fetcher.settings import FetcherSettings
from services.tagger.data.entry_catalogue import load_catalogue
from services.tagger.data.gazetteer import load_gazetteer
from services.tagger.settings import TaggerSettings
from shared.base import settings
from shared.base.outcomes import InvalidMessage
from shared.base.ports import NAMES
from shared.base.settings import ConfigurationError
from shared.files.yaml_document import DocumentError
from shared.kafka import broker_settings, preflight, topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED, RULES
from shared.messages.codec import decode
from shared.messages.schemas import TaggedArticle

SAME_AS_ABOVE: Final = "not looked at, for what is told above"
MARK: Final = {True: "ok  ", False: "BAD "}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing looked at: whether it is in order, and what to say of it."""

    what: str
    ok: bool
    told: str


def doctor(
    json_: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on standard output.")
    ] = False,
) -> None:
    """Check settings, broker, topics, rules, actors and destinations; exit 1 if one is wrong.

    Example: summitwire doctor
    """
    findings = []
    for finding in _look():
        findings.append(finding)
        typer.echo(
            orjson.dumps(asdict(finding))
            if json_
            else f"{MARK[finding.ok]} {finding.what}: {finding.told}"
        )
    if not all(finding.ok for finding in findings):
        raise typer.Exit(EXIT_BAD)


def _look() -> Iterator[CheckResult]:
    told: set[str] = set()
    for what, look in _checks():
        yield from _checked(what, look, told)


def _checks() -> Iterator[tuple[str, Callable[[], str]]]:
    yield from ((f"settings of {service}", partial(_settings, service)) for service in NAMES)
    yield "broker", _broker
    yield "topics", _topics
    yield "offsets", _offsets
    yield "actors and keywords", _gazetteer
    yield "actors in force", _actors_in_force
    yield "rules", _rules
    yield "rules in force", _in_force
    yield "feeds", _feeds
    yield "destinations", _destinations
    yield from ((f"running {name}", partial(state_of, url)) for name, url in urls().items())


def _checked(what: str, look: Callable[[], str], told: set[str]) -> Iterator[CheckResult]:
    """What a look finds; a mistake that was ``told`` already, of a setting that all services share, is not told again."""
    try:
        yield CheckResult(what, True, look())
    except (ConfigurationError, DocumentError, InvalidMessage) as error:
        lines = str(error).splitlines()
        new = [line for line in lines if line not in told]
        told.update(lines)
        yield from (CheckResult(what, False, line) for line in new or [SAME_AS_ABOVE])


def _settings(service: str) -> str:
    chosen = settings.load(settings_of(service))
    changed = {name.upper(): value for name, value in chosen if name in chosen.model_fields_set}
    return (
        "; ".join(f"{name}={value}" for name, value in sorted(changed.items()))
        or "all at their defaults"
    )


def _broker() -> str:
    chosen = settings.load(settings.KafkaSettings)
    topics = asyncio.run(preflight.partition_counts(Cluster(chosen)))
    return f"{chosen.kafka_bootstrap} answers, {len(topics)} topics"


def _topics() -> str:
    found = asyncio.run(topic_admin.differences(Cluster(settings.load(settings.KafkaSettings))))
    if found:
        raise ConfigurationError("\n".join(found))
    return "as the table says"


def _offsets() -> str:
    """Whether the brokers keep what consumer groups have read for longer than the topics keep their data."""
    brokers = asyncio.run(
        broker_settings.fetch_settings(Cluster(settings.load(settings.KafkaSettings)))
    )
    if found := broker_settings.mistakes(brokers):
        raise ConfigurationError("\n".join(found))
    return broker_settings.summary(brokers)


def _gazetteer() -> str:
    chosen = settings.load(TaggerSettings)
    known = load_gazetteer(chosen.actors_dir, chosen.keywords_dir)
    return f"{len(known.actors)} people, {len(known.offices)} offices, {len(known.keywords)} keywords, revision {known.revision[:12]}"


def _actors_in_force() -> str:
    """By which data the tagger tagged last; that they are others than in the files is no mistake: nothing may have come since they changed."""
    chosen = settings.load(TaggerSettings)
    record = asyncio.run(newest_record(Cluster(chosen), ARTICLES_TAGGED.name))
    if record is None:
        return "nothing was tagged yet"
    revision = decode(record.value, TaggedArticle).tagger_revision
    same = revision == load_gazetteer(chosen.actors_dir, chosen.keywords_dir).revision
    at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return f"revision {revision[:12]} when it last tagged, at {at:%Y-%m-%d %H:%M:%S} UTC, {'as' if same else 'other than'} in {chosen.actors_dir}"


def _rules() -> str:
    chosen = settings.load(AlertingSettings)
    return f"{len(_in_files(chosen).rules)} in {chosen.rules_dir}"


def _in_files(chosen: AlertingSettings) -> RuleSet:
    return load_rules(
        chosen.rules_dir,
        Vocabulary.from_gazetteer(load_catalogue(chosen.actors_dir, chosen.keywords_dir)),
    )


def _in_force() -> str:
    chosen = settings.load(AlertingSettings)
    log = asyncio.run(_rule_log(Cluster(chosen)))
    if mistake := log.mistake():
        raise ConfigurationError(
            f"rules.v1: {mistake}; send SIGHUP to an alerting process whose rule files are good"
        )
    if log.change is None:
        return "none yet: alerting puts those of its files there when it starts"
    same = log.change.revision == rule_set_revision(each.rule for each in _in_files(chosen).rules)
    told = f"{log.change.rules} since change {log.change.number}, by {log.change.changed_by} at {log.change.changed_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{told}, {'as' if same else 'other than'} in {chosen.rules_dir}"


async def _rule_log(cluster: Cluster) -> RulesChangelog:
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
    return (
        f"{len(feeds_file.load(Path(file)))} in {file}"
        if file
        else "none is polled: FEEDS_FILE names no file"
    )


def _destinations() -> str:
    chosen = settings.load(AlertingSettings)
    hosts = sorted(chosen.slack().hosts() | chosen.webhook().hosts())
    return (
        f"posts go to {', '.join(hosts)}"
        if hosts
        else "no address is configured: notifications are parked (SLACK_WEBHOOK_URL_FILE)"
    )
