"""What stands beside a name and says whose it is: Mr or Ms, a title before it, an office after it."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.scan.automaton import CandidateSpan, Name, NameKind
from services.tagger.scan.candidate_spans import AdjacentWord, FieldScan, owners

_GENDERS: Final[Mapping[str, Literal["f", "m"]]] = {
    "mr": "m", "sir": "m", "lord": "m", "king": "m", "prince": "m", "ms": "f", "mrs": "f", "miss": "f", "mme": "f", "madam": "f", "madame": "f",
    "lady": "f", "dame": "f", "queen": "f", "princess": "f",
}  # fmt: skip
_SHORT: Final = {
    "sen": "senator", "rep": "representative", "gov": "governor", "pm": "prime minister", "fm": "foreign minister", "amb": "ambassador",
}  # fmt: skip
_STOP: Final = re.compile(r"[,;:\n]|[.!?] ")
_REACH: Final = 60
IN_OFFICE: Final = 3
ONCE_IN_OFFICE: Final = 2
NOTHING_AGAINST: Final = 1
_NOT: Final = 0
"""How well somebody fits a title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What is said of the bearer of a name. ``offices``: those the title may mean, None where it means none; ``past``: former, then-.

    ``sure``: so exact (Foreign Minister, Judge) that whoever does not fit it is not meant; President is said of many.
    """

    offices: frozenset[str] | None = None
    gender: Literal["f", "m"] | None = None
    past: bool = False
    sure: bool = False


UNTITLED: Final = Title()


class TitleContext:
    """What titles are read from in a field: offices by where they end and start, countries by where they end; worked out when asked for."""

    def __init__(self, scan: FieldScan) -> None:
        self.scan: Final = scan

    @cached_property
    def office_ends(self) -> Mapping[int, CandidateSpan]:
        """The longest office that ends at a place, with every office that its words mean."""
        return {found.end: found for found in self._offices}

    @cached_property
    def office_starts(self) -> Mapping[int, CandidateSpan]:
        """The longest office that starts at a place, likewise."""
        return {found.start: found for found in self._offices}

    @cached_property
    def offices_in_order(self) -> Sequence[int]:
        """Where offices start, in order."""
        return sorted(self.office_starts)

    @cached_property
    def country_ends(self) -> Mapping[int, tuple[str, int]]:
        """The country (iso3) whose name ends at a place, and where it starts."""
        countries = self.scan.of(
            NameKind.COUNTRY, NameKind.DEMONYM, NameKind.SHORT, NameKind.RELATIVE
        )
        return {found.end: (found.names[0].owner, found.start) for found in countries}

    @cached_property
    def countries(self) -> frozenset[str]:
        """The countries (iso3) that are named in the field."""
        return frozenset(iso3 for iso3, _start in self.country_ends.values())

    @cached_property
    def _offices(self) -> list[CandidateSpan]:
        places: dict[tuple[int, int], tuple[Name, ...]] = {}
        for found in self.scan.of(NameKind.OFFICE, NameKind.OFFICE_OF):
            place = found.start, found.end
            places[place] = places.get(place, ()) + found.names
        return [
            CandidateSpan(*place, names)
            for place, names in sorted(places.items(), key=lambda item: item[0][1] - item[0][0])
        ]


def title_before(place: int, around: TitleContext, gazetteer: Gazetteer) -> Title:
    """The title of the name that starts at ``place``."""
    word = around.scan.word_before(place)
    if word is None:
        return _title_and_comma(place, around)
    plain = word.text.rstrip(".").lower()
    if plain in _GENDERS and (around.scan.capitals_mean_nothing or word.text[0].isupper()):
        return Title(gender=_GENDERS[plain])
    if word.text.endswith(".") and plain not in _SHORT and plain not in gazetteer.strangers_titles:
        return UNTITLED
    office = around.office_ends.get(word.end)
    if office and office.start < word.start:
        return _read(frozenset(owners(office.names)), office.start, around, gazetteer, exact=True)
    return _shortened(plain, word, around, gazetteer)


def _title_and_comma(place: int, around: TitleContext) -> Title:
    """The office before a comma: the North Korean leader, Kim, …"""
    office = (
        around.office_ends.get(place - 2)
        if around.scan.text.plain[max(0, place - 2) : place] == ", "
        else None
    )
    return Title(offices=frozenset(owners(office.names))) if office else UNTITLED


def title_after(place: int, around: TitleContext) -> Title:
    """The office that follows the name which ends at ``place``: Moon, the South's president."""
    plain = around.scan.text.plain
    if plain[place : place + 2] != ", ":
        return UNTITLED
    stop = _STOP.search(plain, place + 2, place + _REACH)
    end = stop.start() if stop else place + _REACH
    at = bisect_right(around.offices_in_order, place)
    start = around.offices_in_order[at] if at < len(around.offices_in_order) else end
    return (
        Title(offices=frozenset(owners(around.office_starts[start].names)))
        if start < end
        else UNTITLED
    )


def best_fitting(
    actors: Iterable[str], title: Title, day: date, gazetteer: Gazetteer, *, at_least: int
) -> tuple[str, ...]:
    """Those whom the title fits best on a day, by id, if it fits them ``at_least`` so well: ONCE_IN_OFFICE, say."""
    if title is UNTITLED and at_least == NOTHING_AGAINST:
        return tuple(sorted(actors))
    fit = {actor: _fits(actor, title, day, gazetteer) for actor in actors}
    best = max(fit.values(), default=_NOT)
    return tuple(sorted(actor for actor in fit if fit[actor] == best)) if best >= at_least else ()


def _fits(actor: str, title: Title, day: date, gazetteer: Gazetteer) -> int:
    if title.gender and gazetteer.actors[actor].gender != title.gender:
        return _NOT
    if title.offices is None:
        return NOTHING_AGAINST
    terms = [
        term
        for id_ in gazetteer.held.get(actor, ())
        if id_ in title.offices
        for term in gazetteer.offices[id_].terms
        if term.holder == actor
    ]
    begun = [term for term in terms if term.start <= day]
    return max(
        (IN_OFFICE if term.end is None or day <= term.end else ONCE_IN_OFFICE for term in begun),
        default=_NOT,
    )


def _shortened(plain: str, word: AdjacentWord, around: TitleContext, gazetteer: Gazetteer) -> Title:
    """The title in the one or two words before the name: Secretary, Vice President, Sen."""
    two = around.scan.word_before(word.start)
    pair = f"{two.text.lower()} {plain}" if two else ""
    if two and pair in gazetteer.heads:
        return _read(gazetteer.heads[pair], two.start, around, gazetteer, exact=True)
    said = _SHORT.get(plain, plain)
    if said in gazetteer.heads:
        return _read(
            gazetteer.heads[said],
            word.start,
            around,
            gazetteer,
            exact=said in gazetteer.strangers_titles,
        )
    return (
        Title(offices=frozenset(), sure=word.text[0].isupper())
        if said in gazetteer.strangers_titles
        else UNTITLED
    )


def _read(
    offices: frozenset[str], start: int, around: TitleContext, gazetteer: Gazetteer, *, exact: bool
) -> Title:
    plain = around.scan.text.plain
    sure = exact and plain[start].isupper() and not around.scan.capitals_mean_nothing
    edge = start - 1
    country, first = (
        around.country_ends.get(edge)
        or around.country_ends.get(edge - 2 if plain[edge - 1 : edge] == "s" else -1)
        or ("", start)
    )
    if country:
        offices = frozenset(
            office for office in offices if gazetteer.offices[office].country == country
        )
    before = around.scan.word_before(first)
    return Title(
        offices=offices,
        past=before is not None and before.text.lower() in gazetteer.guards.not_the_holder,
        sure=sure,
    )
