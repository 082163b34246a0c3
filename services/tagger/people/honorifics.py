"""What beside a name tells whose it is: Mr or Ms, a title before it, an office after it."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.scan.automaton import CandidateSpan, Name, NameKind
from services.tagger.scan.candidate_spans import AdjacentWord, FieldScan, SpanLike, owners

_GENDERS: Final[Mapping[str, Literal["f", "m"]]] = {
    "mr": "m", "sir": "m", "lord": "m", "king": "m", "prince": "m",
    "ms": "f", "mrs": "f", "miss": "f", "mme": "f", "madam": "f", "madame": "f", "lady": "f",
    "dame": "f", "queen": "f", "princess": "f",
}  # fmt: skip
_SHORT: Final = {
    "sen": "senator",
    "rep": "representative",
    "gov": "governor",
    "pm": "prime minister",
    "fm": "foreign minister",
    "amb": "ambassador",
}
_STOP: Final = re.compile(r"[,;:\n]|[.!?] ")
_REACH: Final = 60
IN_OFFICE: Final = 3
ONCE_IN_OFFICE: Final = 2
NOTHING_AGAINST: Final = 1
_NOT: Final = 0
"""How well a person fits a title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What the words beside a name tell of its bearer.

    ``offices`` are those the title may refer to, or None where there is no title. ``is_past``:
    former, then-. ``is_exact``: so specific (Foreign Minister, Judge) that nobody is meant who
    does not fit it; President is said of many.
    """

    offices: frozenset[str] | None = None
    gender: Literal["f", "m"] | None = None
    is_past: bool = False
    is_exact: bool = False


UNTITLED: Final = Title()


class TitleContext:
    """What titles in a field consist of: offices by end and start, countries by end.

    Each index is built on first use.
    """

    def __init__(self, scan: FieldScan) -> None:
        self.scan: Final = scan

    @cached_property
    def office_ends(self) -> Mapping[int, CandidateSpan]:
        """Map the ends of offices to the longest one there, with all offices its words refer to."""
        return {span.end: span for span in self._offices}

    @cached_property
    def office_starts(self) -> Mapping[int, CandidateSpan]:
        """Map the starts of offices to the longest one there, likewise."""
        return {span.start: span for span in self._offices}

    @cached_property
    def office_starts_in_order(self) -> Sequence[int]:
        """Return where offices start, in order."""
        return sorted(self.office_starts)

    @cached_property
    def country_ends(self) -> Mapping[int, tuple[str, int]]:
        """Map the ends of country names to the country (iso3) and where the name starts."""
        countries = self.scan.spans(
            NameKind.COUNTRY, NameKind.DEMONYM, NameKind.SHORT, NameKind.RELATIVE
        )
        return {span.end: (span.names[0].owner, span.start) for span in countries}

    @cached_property
    def countries(self) -> frozenset[str]:
        """Return the countries (iso3) that the field names."""
        return frozenset(iso3 for iso3, _start in self.country_ends.values())

    @cached_property
    def _offices(self) -> list[CandidateSpan]:
        names: dict[tuple[int, int], tuple[Name, ...]] = {}
        for span in self.scan.spans(NameKind.OFFICE, NameKind.OFFICE_OF):
            edges = span.start, span.end
            names[edges] = names.get(edges, ()) + span.names
        shortest_first = sorted(names, key=lambda edges: edges[1] - edges[0])
        return [CandidateSpan(*edges, names[edges]) for edges in shortest_first]


def title_before(start: int, context: TitleContext, gazetteer: Gazetteer) -> Title:
    """Return the title of the name that starts at ``start``."""
    word = context.scan.word_before(start)
    if word is None:
        return _title_before_comma(start, context)
    plain = word.text.rstrip(".").lower()
    if plain in _GENDERS and (context.scan.is_case_uninformative or word.text[0].isupper()):
        return Title(gender=_GENDERS[plain])
    if word.text.endswith(".") and plain not in _SHORT and plain not in gazetteer.other_titles:
        return UNTITLED
    office = context.office_ends.get(word.end)
    if office and office.start < word.start:
        offices = frozenset(owners(office.names))
        return _build_title(offices, office.start, context, gazetteer, is_specific=True)
    return _short_title(plain, word, context, gazetteer)


def _title_before_comma(start: int, context: TitleContext) -> Title:
    """Return the office before a comma: the North Korean leader, Kim."""
    has_comma = context.scan.text.plain[max(0, start - 2) : start] == ", "
    office = context.office_ends.get(start - 2) if has_comma else None
    return Title(offices=frozenset(owners(office.names))) if office else UNTITLED


def title_after(end: int, context: TitleContext) -> Title:
    """Return the office that follows the name ending at ``end``: Moon, the South's president."""
    plain = context.scan.text.plain
    if plain[end : end + 2] != ", ":
        return UNTITLED
    stop = _STOP.search(plain, end + 2, end + _REACH)
    limit = stop.start() if stop else end + _REACH
    starts = context.office_starts_in_order
    index = bisect_right(starts, end)
    if index == len(starts) or starts[index] >= limit:
        return UNTITLED
    return Title(offices=frozenset(owners(context.office_starts[starts[index]].names)))


def has_office_beside(span: SpanLike, context: TitleContext, gazetteer: Gazetteer) -> bool:
    """Return whether an office is the title before a name, or follows it after a comma."""
    return bool(
        title_before(span.start, context, gazetteer).offices
        or title_after(span.end, context).offices
    )


def best_fitting(
    actors: Iterable[str], title: Title, day: date, gazetteer: Gazetteer, *, at_least: int
) -> tuple[str, ...]:
    """Return the actors whom a title fits best on a day, ordered by id.

    Empty if the best fit is below ``at_least``, such as ONCE_IN_OFFICE.
    """
    if title is UNTITLED and at_least == NOTHING_AGAINST:
        return tuple(sorted(actors))
    fit = {actor: _fit(actor, title, day, gazetteer) for actor in actors}
    best = max(fit.values(), default=_NOT)
    return tuple(sorted(actor for actor in fit if fit[actor] == best)) if best >= at_least else ()


def _fit(actor: str, title: Title, day: date, gazetteer: Gazetteer) -> int:
    if title.gender and gazetteer.actors[actor].gender != title.gender:
        return _NOT
    if title.offices is None:
        return NOTHING_AGAINST
    terms = (
        term
        for office_id in gazetteer.offices_by_holder.get(actor, ())
        if office_id in title.offices
        for term in gazetteer.offices[office_id].terms
        if term.holder == actor and term.start <= day
    )
    return max(
        (IN_OFFICE if term.end is None or day <= term.end else ONCE_IN_OFFICE for term in terms),
        default=_NOT,
    )


def _short_title(
    plain: str, word: AdjacentWord, context: TitleContext, gazetteer: Gazetteer
) -> Title:
    """Return the title in the one or two words before: Secretary, Vice President, Sen."""
    head = _SHORT.get(plain, plain)
    if gazetteer.title_words.isdisjoint((plain, head)):
        return UNTITLED
    previous = context.scan.word_before(word.start)
    pair = f"{previous.text.lower()} {plain}" if previous else ""
    if previous and pair in gazetteer.heads:
        return _build_title(
            gazetteer.heads[pair], previous.start, context, gazetteer, is_specific=True
        )
    is_other_title = head in gazetteer.other_titles
    if head in gazetteer.heads:
        return _build_title(
            gazetteer.heads[head], word.start, context, gazetteer, is_specific=is_other_title
        )
    if is_other_title:
        return Title(offices=frozenset(), is_exact=word.text[0].isupper())
    return UNTITLED


def _build_title(
    offices: frozenset[str],
    start: int,
    context: TitleContext,
    gazetteer: Gazetteer,
    *,
    is_specific: bool,
) -> Title:
    """Narrow the offices of the title that starts at ``start`` by the country before it."""
    plain = context.scan.text.plain
    is_exact = is_specific and plain[start].isupper() and not context.scan.is_case_uninformative
    edge = start - 1
    country, first = (
        context.country_ends.get(edge)
        or context.country_ends.get(edge - 2 if plain[edge - 1 : edge] == "s" else -1)
        or ("", start)
    )
    if country:
        offices = frozenset(
            office for office in offices if gazetteer.offices[office].country == country
        )
    before = context.scan.word_before(first)
    is_past = before is not None and before.text.lower() in gazetteer.guards.not_the_holder
    return Title(offices=offices, is_past=is_past, is_exact=is_exact)
