"""The fields of a rule besides its expression: threshold, group, needs, budget, notify and tests.

Each parser reports every problem at its place in the file.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final

import msgspec

from services.alerting.language.check import Vocabulary
from services.alerting.rules.shape import (
    BUDGET,
    DESTINATION,
    DESTINATION_HINT,
    DURATION,
    GROUP_BY,
    PENDING,
    Duration,
    describe,
)
from shared.files.yaml_document import VALUE, Steps, YamlDocument
from shared.messages.codec import to_utc
from shared.messages.schemas import Corroboration, GroupTiming, Threshold

MAX_COUNT: Final = 100
DISTINCT: Final = ("article", "source", "story")
MAX_WITHIN_S: Final = 30 * 86_400
MAX_INDEPENDENT: Final = 10
MAX_CORROBORATION_S: Final = 86_400
"""A story without a second source on the next day is none: what waits for it is not kept longer."""
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineArticle:
    """An article written into a test. ``date`` is its publication day, by default 2018-01-01."""

    headline: str = ""
    deck: str = ""
    body: str = ""
    date: Annotated[Any, describe("The publication date, UTC: 2018-09-11.", type="string")] = None
    source: str = "test"
    language: str = "en"

    @property
    def published_at(self) -> datetime:
        """The publication time, in UTC."""
        if isinstance(self.date, datetime):
            return to_utc(self.date)
        day = self.date if isinstance(self.date, date) else date(2018, 1, 1)
        return datetime.combine(day, time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """An article, from seeds/articles or inline, and whether the rule must fire on it.

    ``line`` is the test's line in its file. ``spans`` are the texts that the rule must mark, each
    distinct text once, in any order; None if the test does not check them.
    """

    article: str | InlineArticle
    fires: bool
    line: int = 0
    spans: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFields:
    """When the messages of a story go out; what is left out is the route's or the default."""

    by: list[Annotated[str, describe("What alerts have in common.", enum=list(GROUP_BY))]] = field(
        default_factory=lambda: ["story"]
    )
    wait: Duration | None = None
    interval: Duration | None = None
    repeat: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsFields:
    """How many independent sources must tell a story before it is sent."""

    independent: Annotated[
        int,
        describe("The number of independent sources, 2 to 10.", minimum=2, maximum=MAX_INDEPENDENT),
    ]
    within: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdFields:
    """How many articles make news; one message reports all of them."""

    count: Annotated[
        int, describe("The number of articles, 2 to 100.", minimum=2, maximum=MAX_COUNT)
    ]
    within: Duration
    distinct: Annotated[str, describe("What must differ to be counted.", enum=list(DISTINCT))] = (
        "article"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFields:
    """A test of the rule."""

    article: Annotated[
        str | InlineArticle, describe("A file of seeds/articles, or headline and body inline.")
    ]
    fires: Annotated[bool, describe("Whether the rule must fire on the article.")]
    spans: Annotated[
        list[str] | None,
        describe("The texts that the rule must mark, each distinct text once, as in the article."),
    ] = None


def parse_destinations(document: YamlDocument, path: Steps) -> tuple[str, ...]:
    """Return the destinations of the rule's ``notify``, each once."""
    destinations = list(document.items((*path, "notify"), str))
    for place, destination in destinations:
        if not DESTINATION.fullmatch(destination):
            document.report(
                place,
                f"{destination[:60]!r} is not a destination",
                code="bad-destination",
                suggestion=DESTINATION_HINT,
            )
    return tuple(dict.fromkeys(destination for _, destination in destinations))


def parse_pending(
    document: YamlDocument, path: Steps, vocabulary: Vocabulary | None
) -> frozenset[str]:
    """Return the rule's ``pending`` tags; those that the data has by now give a warning."""
    pending = list(document.items((*path, "pending"), str))
    for place, clause in pending:
        if not PENDING.fullmatch(clause):
            document.report(
                place,
                f"{clause[:60]!r} is not a tag",
                code="bad-pending",
                suggestion="write actor(jane-doe), office(…), country(…), keyword(…) or event(…)",
            )
        elif vocabulary and vocabulary.has_clause(clause):
            document.report(
                place,
                f"{clause} is in the data by now",
                code="not-pending",
                level="warning",
                suggestion="leave it out of pending",
            )
    return frozenset(clause for _, clause in pending)


def parse_group(document: YamlDocument, path: Steps) -> GroupTiming | None:
    """Return the rule's ``group``; None if it has none, or a bad one."""
    inner = (*path, "group")
    if document.value_at(inner) is None:
        return None
    fields = document.convert(inner, GroupFields)
    if fields is None:
        return None
    for index, by in enumerate(fields.by):
        if by not in GROUP_BY:
            document.report(
                (*inner, "by", index),
                f"alerts cannot be grouped by {by[:40]!r}",
                code="bad-group",
                suggestion="alerts are grouped by story: leave by out",
            )
    wait_s, interval_s, repeat_s = (
        None if written is None else parse_seconds(document, (*inner, name, VALUE), written)
        for name, written in (
            ("wait", fields.wait),
            ("interval", fields.interval),
            ("repeat", fields.repeat),
        )
    )
    if wait_s is None and interval_s is None and repeat_s is None:
        return None
    return GroupTiming(wait_s=wait_s, interval_s=interval_s, repeat_s=repeat_s)


def parse_needs(document: YamlDocument, path: Steps) -> Corroboration | None:
    """Return the rule's ``needs``; None if it has none, or a bad one."""
    inner = (*path, "needs")
    if document.value_at(inner) is None:
        return None
    fields = document.convert(inner, NeedsFields)
    if fields is None:
        return None
    if not 2 <= fields.independent <= MAX_INDEPENDENT:
        document.report(
            (*inner, "independent", VALUE),
            f"independent must be from 2 to {MAX_INDEPENDENT}",
            code="bad-needs",
            suggestion="for example independent: 2",
        )
    within_s = _parse_within(
        document, inner, fields.within, MAX_CORROBORATION_S, ("24 hours", "30m", "bad-needs")
    )
    return Corroboration(independent=fields.independent, within_s=within_s)


def parse_budget(document: YamlDocument, path: Steps) -> int | None:
    """Return the rule's ``budget``, in messages a day; None if it has none, or a bad one."""
    written = document.value_at((*path, "budget"))
    if written is None:
        return None
    budget = read_budget(str(written))
    if budget is None:
        document.report(
            (*path, "budget", VALUE),
            f"{str(written)[:40]!r} is not a budget",
            code="bad-budget",
            suggestion="write 20/day",
        )
    return budget


def read_budget(text: str) -> int | None:
    """Read ``20/day``; None if it is something else."""
    matched = BUDGET.fullmatch(text.replace(" ", ""))
    return None if matched is None else int(matched[1])


def parse_threshold(document: YamlDocument, path: Steps) -> Threshold | None:
    """Return the rule's ``threshold``; None if it has none, or a bad one."""
    inner = (*path, "threshold")
    if document.value_at(inner) is None:
        return None
    fields = document.convert(inner, ThresholdFields)
    if fields is None:
        return None
    if not 2 <= fields.count <= MAX_COUNT:
        document.report(
            (*inner, "count", VALUE),
            f"count must be from 2 to {MAX_COUNT}",
            code="bad-threshold",
            suggestion="for example count: 5",
        )
    within_s = _parse_within(
        document, inner, fields.within, MAX_WITHIN_S, ("30 days", "1h", "bad-threshold")
    )
    try:
        return msgspec.convert(
            {"count": fields.count, "within_s": within_s, "distinct": fields.distinct}, Threshold
        )
    except msgspec.ValidationError:
        document.report(
            (*inner, "distinct", VALUE),
            f"alerts cannot be counted by {fields.distinct[:40]!r}",
            code="bad-threshold",
            suggestion="one of " + ", ".join(DISTINCT),
        )
        return None


def _parse_within(
    document: YamlDocument, inner: Steps, written: Any, most_s: int, words: tuple[str, str, str]
) -> int:
    """Return a ``within`` in seconds, and report one that is not from a second to ``most_s``.

    ``words`` are the most in words, an example, and the problem's code.
    """
    most, example, code = words
    place = (*inner, "within", VALUE)
    within_s = parse_seconds(document, place, written)
    if DURATION.fullmatch(str(written)) and not 1 <= within_s <= most_s:
        document.report(
            place,
            f"within must be from 1 second to {most}",
            code=code,
            suggestion=f"for example within: {example}",
        )
    return within_s


def parse_tests(document: YamlDocument, path: Steps) -> tuple[RuleTest, ...]:
    """Return the rule's ``tests``, in order."""
    tests = []
    for place, test in document.items((*path, "tests"), TestFields):
        _check_article(document, (*place, "article"), test.article)
        _check_spans(document, (*place, "spans"), test)
        spans = None if test.spans is None else tuple(test.spans)
        tests.append(
            RuleTest(
                article=test.article,
                fires=test.fires,
                line=document.position(place)[0],
                spans=spans,
            )
        )
    return tuple(tests)


def _check_spans(document: YamlDocument, path: Steps, test: TestFields) -> None:
    if test.spans is not None and not test.fires:
        document.report(
            path,
            "a test with fires: false cannot have spans",
            code="bad-spans",
            suggestion="leave spans out, or write fires: true",
        )
    elif test.spans is not None and not all(span.strip() for span in test.spans):
        document.report(
            path,
            "a span is empty",
            code="bad-spans",
            suggestion="write the text as it is in the article",
        )


def parse_seconds(document: YamlDocument, path: Steps, written: Any) -> int:
    """Return a duration in seconds; 0 and a problem if it is not one."""
    match = DURATION.fullmatch(str(written))
    if match is None:
        document.report(
            path,
            f"{str(written)[:40]!r} is not a duration",
            code="bad-duration",
            suggestion="write 30s, 5m, 4h or 1d",
        )
        return 0
    return int(match[1]) * _SECONDS[match[2]]


def _check_article(document: YamlDocument, path: Steps, article: str | InlineArticle) -> None:
    if isinstance(article, str):
        if not article.strip() or article.startswith("/") or ".." in article.split("/"):
            document.report(
                path,
                f"{article[:60]!r} is not a file under seeds/articles",
                code="bad-article",
                suggestion="write the file's name",
            )
        return
    if not (article.headline + article.body).strip():
        document.report(
            path,
            "the article has neither headline nor body",
            code="bad-article",
            suggestion="write headline: or body:",
        )
    if article.date is not None and not isinstance(article.date, date):
        document.report(
            (*path, "date"),
            f"{str(article.date)[:40]!r} is not a date",
            code="bad-date",
            suggestion="write 2018-09-11",
        )
