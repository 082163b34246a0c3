"""Every field that people can write does something: in a rule, a feed, an actor file or a setting.

The check reads the source (tests/field_reads.py). A field counts as used if it is read from a value
of its class anywhere but in the files that only define, check or pass it along.
"""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from services.alerting.rules import fields as rule_fields
from services.alerting.rules.fields import (
    GroupFields,
    InlineArticle,
    NeedsFields,
    RuleTest,
    ThresholdFields,
)
from services.alerting.rules.rule_set import LoadedRule
from services.alerting.rules.shape import RuleFields
from services.alerting.settings import AlertingSettings
from services.board.settings import BoardSettings
from services.cleaner.settings import CleanerSettings
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.feeds_file import FeedSpec, _FeedFields
from services.tagger.data import entries
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.data.parse_entries import _OfficeFields, _TermFields
from services.tagger.settings import TaggerSettings
from services.tagger.vocabulary.entries import EventType, EventWords
from shared.base.settings import KafkaSettings, ProcessPoolSettings, ServiceSettings
from shared.feedback.link_settings import LinkSettings
from shared.messages.schemas import Corroboration, GroupTiming, Rule, Threshold
from tests.field_reads import Source, fields_read, parse_file, parse_source

PASSIVE_FOR_RULES: Final = (
    "services/alerting/rules/",
    "services/alerting/rollout/",
    "services/alerting/backtest/changes.py",
)
PASSIVE_FOR_DATA: Final = tuple(
    f"services/tagger/data/{name}.py"
    for name in ("check_entries", "entries", "lint_entries", "loader", "parse_entries")
)
SETTINGS: Final[tuple[type[Any], ...]] = (
    *(KafkaSettings, ServiceSettings, ProcessPoolSettings, LinkSettings),
    *(FetcherSettings, CleanerSettings, TaggerSettings, AlertingSettings, BoardSettings),
)

READER: Final = "for whoever reads the file"
WITHOUT_EFFECT: Final = {
    (GroupFields, "by"): "alerts are grouped by story, which it may say",
    (RuleFields, "pending"): "an unknown id that stands there is a warning, not an error",
    (_OfficeFields, "note"): READER,
    (_OfficeFields, "gaps"): READER,
    (_TermFields, "checked"): READER,
    (_TermFields, "note"): READER,
    (EventType, "title"): READER,
    (EventType, "plover"): READER,
}
"""Fields that nothing acts on, and why they may be written all the same."""

CARRIERS: Final[dict[type[Any], dict[str, tuple[type[Any], str]]]] = {
    RuleFields: {
        "id": (Rule, "rule_id"),
        "title": (Rule, "title"),
        "severity": (Rule, "severity"),
        "owner": (Rule, "owner"),
        "when": (LoadedRule, "tree"),
        "threshold": (Rule, "threshold"),
        "notify": (Rule, "destinations"),
        "group": (Rule, "group"),
        "needs": (Rule, "needs"),
        "budget": (LoadedRule, "budget"),
        "tests": (LoadedRule, "tests"),
    },
    ThresholdFields: {
        "count": (Threshold, "count"),
        "within": (Threshold, "within_s"),
        "distinct": (Threshold, "distinct"),
    },
    GroupFields: {
        "wait": (GroupTiming, "wait_s"),
        "interval": (GroupTiming, "interval_s"),
        "repeat": (GroupTiming, "repeat_s"),
    },
    NeedsFields: {
        "independent": (Corroboration, "independent"),
        "within": (Corroboration, "within_s"),
    },
    rule_fields.TestFields: {
        "article": (RuleTest, "article"),
        "fires": (RuleTest, "fires"),
        "spans": (RuleTest, "spans"),
    },
    _FeedFields: {
        "url": (FeedSpec, "url"),
        "source": (FeedSpec, "source"),
        "interval": (FeedSpec, "interval_s"),
        "min_interval": (FeedSpec, "interval_s"),
        "max_interval": (FeedSpec, "longest_interval_s"),
        "language": (FeedSpec, "language"),
        "allow": (FeedSpec, "allow"),
        "user_agent": (FeedSpec, "user_agent"),
        "headers": (FeedSpec, "headers"),
        "token_file": (FeedSpec, "headers"),
        **{
            name: (FeedSpec, name)
            for name in ("ignore_robots", "name", "reliability", "text", "selector", "enabled")
        },
    },
    _OfficeFields: {
        name: (entries.Office, name)
        for name in (
            *("id", "names", "body", "country", "needs_country"),
            *("title_only", "multiple_holders", "known", "terms"),
        )
    },
    _TermFields: {
        name: (entries.OfficeTerm, name)
        for name in ("holder", "start", "end", "acting", "verified", "source")
    },
}
"""The fields as they are written, and those that carry their values to where they act."""


@cache
def whole_source() -> Source:
    """Parse the source once, in the process that needs it."""
    return parse_source(Path(__file__).parents[2], ("services", "shared"))


@dataclass(frozen=True)
class Carrier:
    """A class whose values carry fields to where they act.

    ``folders`` are where its values occur, and ``passive`` the files there that do not act on them.
    ``protocols`` are other types by which its values are declared.
    """

    cls: type[Any]
    folders: tuple[str, ...]
    passive: tuple[str, ...]
    protocols: tuple[str, ...] = ()

    def unused(self, source: Source | None = None) -> list[str]:
        """Return the fields that nothing acts on."""
        source = source or whole_source()
        here = {path: file for path, file in source.items() if path.startswith(self.folders)}
        reads = fields_read(here, [self.cls.__name__, *self.protocols], self.passive)
        return [field.name for field in fields(self.cls) if field.name not in reads]


FEEDS: Final = Carrier(
    FeedSpec,
    ("services/fetcher/", "services/console/feeds/"),
    (
        "services/fetcher/sources/feeds_file.py",
        "services/fetcher/sources/opml.py",
        *(
            f"services/console/feeds/{name}.py"
            for name in ("commands", "opml_commands", "states", "trial")
        ),
        "services/fetcher/seeds/manifest.py",
        "services/fetcher/seeds/seed_articles.py",
    ),
)
ALL_CARRIERS: Final = (
    FEEDS,
    *(
        Carrier(cls, ("services/alerting/", "services/console/"), PASSIVE_FOR_RULES)
        for cls in (
            Rule,
            LoadedRule,
            RuleTest,
            InlineArticle,
            Threshold,
            GroupTiming,
            Corroboration,
        )
    ),
    *(
        Carrier(cls, ("services/tagger/", "services/board/", "services/console/"), PASSIVE_FOR_DATA)
        for cls in (
            *(entries.Actor, entries.Office, entries.OfficeTerm, entries.Organisation),
            *(entries.Country, entries.CountryNames, entries.CountryGroup),
            *(entries.Keyword, EventType, EventWords, entries.Guards),
        )
    ),
    Carrier(Gazetteer, ("services/",), ("services/tagger/data/gazetteer.py",), ("GazetteerIds",)),
)


@pytest.mark.parametrize("carrier", ALL_CARRIERS, ids=lambda carrier: carrier.cls.__name__)
def test_something_acts_on_every_field(carrier: Carrier) -> None:
    """What is written in a rule, a feed or an actor file changes what the system does."""
    excused = {name for cls, name in WITHOUT_EFFECT if cls is carrier.cls}
    assert set(carrier.unused()) - excused == set()


@pytest.mark.parametrize("written", CARRIERS, ids=lambda cls: cls.__name__)
def test_every_field_of_a_file_has_a_carrier(written: type[Any]) -> None:
    """A new field of a file is named above with what carries it, or with why it has no effect."""
    excused = {name for cls, name in WITHOUT_EFFECT if cls is written}
    assert set(CARRIERS[written]) | excused == {field.name for field in fields(written)}
    for cls, name in CARRIERS[written].values():
        assert cls in {carrier.cls for carrier in ALL_CARRIERS}
        assert name in {field.name for field in fields(cls)}


def test_something_acts_on_every_setting() -> None:
    """An environment variable that is accepted has an effect."""
    classes = [cls.__name__ for cls in SETTINGS]
    reads = fields_read(whole_source(), classes, ("shared/base/settings.py",))
    assert {name for cls in SETTINGS for name in cls.model_fields} - reads == set()


def test_fields_without_effect_have_none() -> None:
    """Once something acts on such a field, its excuse here goes."""
    unused = {carrier.cls: carrier.unused() for carrier in ALL_CARRIERS}
    assert set(unused[LoadedRule]) == set()


MADE_UP: Final = {
    "feeds.py": """
class FeedSpec:
    url: str
    allow: str
    language: str
    colour: str
    smell: str

    def allows(self, host: str) -> bool:
        return host == self.allow

    def smells(self) -> bool:
        return bool(self.smell)

def load() -> list[FeedSpec]:
    return [FeedSpec(line.url, line.colour) for line in lines()]
""",
    "check.py": "def check(spec: FeedSpec) -> None:\n    assert spec.colour\n",
    "poll.py": """
def poll(specs: list[FeedSpec], other: Wall) -> None:
    for each in specs:
        if each.allows(each.url):
            get(each.language, other.colour)
    spec.colour = 1
""",
}


@pytest.fixture
def made_up() -> Source:
    return {path: parse_file(text) for path, text in MADE_UP.items()}


def test_a_field_that_is_only_checked_or_set_is_found(made_up: Source) -> None:
    """Neither another class's field of the same name counts, nor a method that nobody calls."""
    reads = fields_read(made_up, ["FeedSpec"], ["feeds.py", "check.py"])
    assert {"url", "allow", "language"} <= reads
    assert not reads & {"colour", "smell"}


def test_a_real_field_without_its_reader_is_found() -> None:
    """Without the files that poll, nothing acts on these fields of a feed."""
    remaining = dict(whole_source())
    for name in ("build_article", "entry_pages", "poll_feed", "web"):
        del remaining[f"services/fetcher/polling/{name}.py"]
    del remaining["services/fetcher/entries/entry_batch.py"]
    del remaining["services/fetcher/timing/schedule.py"]
    assert FEEDS.unused() == []
    assert set(FEEDS.unused(remaining)) == {  # not `text`, which many other objects have
        *("allow", "headers", "language", "reliability", "selector", "user_agent")
    }
