"""The parts of a rule that stand beside its expression: threshold, grouping, destinations and tests, read from a file with every mistake reported."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final, Literal

import msgspec

from services.alerting.rules.shape import DESTINATION, DURATION, GROUP_BY, Duration, describe
from shared.files.yaml_document import VALUE, Steps, YamlDocument
from shared.messages.codec import to_utc
from shared.messages.schemas import Threshold

MOST_COUNTED: Final = 100
DISTINCT: Final = ("article", "source", "story")
LONGEST_WITHIN_S: Final = 30 * 86_400
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How a rule's alerts are to become notifications: by what, and after how many seconds. Kept for the stage that groups."""

    by: tuple[Literal["story", "source"], ...] = ("story",)
    wait_s: int = 0
    interval_s: int = 300
    repeat_s: int = 14_400


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineArticle:
    """An article written into a test. ``date``: when it was published (UTC); without one, the first day of 2018."""

    headline: str = ""
    body: str = ""
    date: Annotated[Any, describe("When it was published, UTC: 2018-09-11.", type="string")] = None
    source: str = "test"
    language: str = "en"

    @property
    def published_at(self) -> datetime:
        """The date as a moment."""
        if isinstance(self.date, datetime):
            return to_utc(self.date)
        day = self.date if isinstance(self.date, date) else date(2018, 1, 1)
        return datetime.combine(day, time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """An article, of seeds/articles or written out, and whether the rule must fire on it. ``line`` is where the test stands in its file.

    ``spans``: the words that the rule must mark, each different stretch once as it stands in the article, in any order; None: not asked.
    """

    article: str | InlineArticle
    fires: bool
    line: int = 0
    spans: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFields:
    """How alerts are gathered into notifications."""

    by: list[Annotated[str, describe("What belongs together.", enum=list(GROUP_BY))]] = field(
        default_factory=lambda: ["story"]
    )
    wait: Duration = "0s"
    interval: Duration = "5m"
    repeat: Duration = "4h"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdFields:
    """How many articles are news: one message tells of all of them."""

    count: Annotated[int, describe("So many articles, 2 to 100.", minimum=2, maximum=MOST_COUNTED)]
    within: Duration
    distinct: Annotated[str, describe("What is counted once.", enum=list(DISTINCT))] = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFields:
    """A test of the rule."""

    article: Annotated[
        str | InlineArticle, describe("A file of seeds/articles, or headline and body written out.")
    ]
    fires: Annotated[bool, describe("Whether the rule must fire on the article.")]
    spans: Annotated[
        list[str] | None,
        describe(
            "The words that it must mark, each different stretch once, as they stand in the article."
        ),
    ] = None


def parse_destinations(document: YamlDocument, path: Steps) -> tuple[str, ...]:
    """The rule's ``notify``, each destination once; none where it names none."""
    found = list(document.items((*path, "notify"), str))
    for place, destination in found:
        if not DESTINATION.fullmatch(destination):
            suggestion = "write slack:newsroom, webhook:name or console:name"
            document.report(
                place,
                f"{destination[:60]!r} is no destination",
                code="bad-destination",
                suggestion=suggestion,
            )
    return tuple(dict.fromkeys(destination for _, destination in found))


def parse_grouping(document: YamlDocument, path: Steps) -> Grouping:
    """The rule's ``group``, or the defaults where it has none."""
    inner = (*path, "group")
    found = None if document.value_at(inner) is None else document.convert(inner, GroupFields)
    written = found or GroupFields()
    for index, by in enumerate(written.by):
        if by not in GROUP_BY:
            document.report(
                (*inner, "by", index),
                f"{by[:40]!r} is nothing to group by",
                code="bad-group",
                suggestion="one of story, source",
            )
    times = {
        name: _seconds(document, (*inner, name, VALUE), getattr(written, name))
        for name in ("wait", "interval", "repeat")
    }
    by_known = tuple(by for by in GROUP_BY if by in written.by)
    return Grouping(
        by=by_known, wait_s=times["wait"], interval_s=times["interval"], repeat_s=times["repeat"]
    )


def parse_threshold(document: YamlDocument, path: Steps) -> Threshold | None:
    """The rule's ``threshold``, None where it has none or a wrong one."""
    inner = (*path, "threshold")
    found = None if document.value_at(inner) is None else document.convert(inner, ThresholdFields)
    if found is None:
        return None
    if not 2 <= found.count <= MOST_COUNTED:
        document.report(
            (*inner, "count", VALUE),
            f"count goes from 2 to {MOST_COUNTED}",
            code="bad-threshold",
            suggestion="for example count: 5",
        )
    within_s = _seconds(document, (*inner, "within", VALUE), found.within)
    if DURATION.fullmatch(str(found.within)) and not 1 <= within_s <= LONGEST_WITHIN_S:
        document.report(
            (*inner, "within", VALUE),
            "within goes from 1 second to 30 days",
            code="bad-threshold",
            suggestion="for example within: 1h",
        )
    try:
        return msgspec.convert(
            {"count": found.count, "within_s": within_s, "distinct": found.distinct}, Threshold
        )
    except msgspec.ValidationError:
        said = f"hits are not told apart by {found.distinct[:40]!r}"
        document.report(
            (*inner, "distinct", VALUE),
            said,
            code="bad-threshold",
            suggestion="one of " + ", ".join(DISTINCT),
        )
        return None


def parse_tests(document: YamlDocument, path: Steps) -> tuple[RuleTest, ...]:
    """The rule's ``tests``, in their order."""
    found = []
    for place, test in document.items((*path, "tests"), TestFields):
        _check_article(document, (*place, "article"), test.article)
        _check_spans(document, (*place, "spans"), test)
        spans = None if test.spans is None else tuple(test.spans)
        found.append(
            RuleTest(
                article=test.article,
                fires=test.fires,
                line=document.position(place)[0],
                spans=spans,
            )
        )
    return tuple(found)


def _check_spans(document: YamlDocument, path: Steps, test: TestFields) -> None:
    if test.spans is not None and not test.fires:
        document.report(
            path,
            "a rule that must not fire marks nothing",
            code="bad-spans",
            suggestion="leave spans out, or write fires: true",
        )
    elif test.spans is not None and not all(span.strip() for span in test.spans):
        document.report(
            path,
            "a span is empty",
            code="bad-spans",
            suggestion="write the words as they stand in the article",
        )


def _seconds(document: YamlDocument, path: Steps, written: Any) -> int:
    found = DURATION.fullmatch(str(written))
    if found is None:
        document.report(
            path,
            f"{str(written)[:40]!r} is no duration",
            code="bad-duration",
            suggestion="write 30s, 5m, 4h or 1d",
        )
        return 0
    return int(found[1]) * _SECONDS[found[2]]


def _check_article(document: YamlDocument, path: Steps, article: str | InlineArticle) -> None:
    if isinstance(article, str):
        if not article.strip() or article.startswith("/") or ".." in article.split("/"):
            document.report(
                path,
                f"{article[:60]!r} is no file under seeds/articles",
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
            f"{str(article.date)[:40]!r} is no date",
            code="bad-date",
            suggestion="write 2018-09-11",
        )
