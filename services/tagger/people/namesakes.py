"""Relatives: others of a surname that one person bears alone in the news.

Donald Trump Jr., Melania Trump or Hunter Biden are themselves. A bare surname after them is not the
president's until the article has named him in full, by title, or by the bare surname before them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.people.honorifics import Title, TitleContext
from services.tagger.people.surname_spans import is_case_uninformative, is_part_of_unknown_name
from services.tagger.scan.automaton import CandidateSpan, NameKind
from services.tagger.scan.candidate_spans import FieldScan, Mask, SpanLike
from services.tagger.scan.normalise import normalise_name

_JUNIOR: Final = re.compile(r",? (?:(?:Jr|Sr|II|III|IV)\b|[Jj]unior\b|the [Yy]ounger\b)")
_BEFORE_JUNIOR: Final = (" J", " S", " I", " j", " the ", ", ")
_GENERATIONS: Final = (" younger ", " elder ", " junior ")
_AFTER_A_NAME: Final = frozenset({"jr", "sr", "ii", "iii", "iv"})
_HEADLINE: Final = "headline"
_NOWHERE: Final = (1 << 30, 0)

Position = tuple[int, int]
"""A field's place in reading order and the first character of a span in it."""


class SurnameBearer(NamedTuple):
    """A mention that tells who bears a surname; ``actor`` is empty if nobody listed does.

    ``is_bare``: by the surname alone, without a title.
    """

    field: int
    start: int
    surname: str
    actor: str = ""
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class SurnameBearers:
    """Where each surname's principal and others of that surname are first named.

    The principal is the person whose surname may stand alone, or else anybody listed.
    """

    principals: Mapping[str, Position]
    relatives: Mapping[str, Position]
    headline: int | None

    @classmethod
    def of(
        cls, bearers: Iterable[SurnameBearer], scans: Sequence[FieldScan], gazetteer: Gazetteer
    ) -> "SurnameBearers":
        """Sort the bearers into principals and others; those of the headline do not count."""
        headline = next((i for i, scan in enumerate(scans) if scan.field == _HEADLINE), None)
        first: dict[str, dict[str, Position]] = {"principal": {}, "relative": {}, "bare": {}}
        for field, start, surname, actor, is_bare in bearers:
            if field != headline:
                is_other = not is_principal(actor, surname, gazetteer)
                of_kind = first["relative" if is_other else "bare" if is_bare else "principal"]
                of_kind[surname] = min(of_kind.get(surname, _NOWHERE), (field, start))
        principals, relatives = first["principal"], first["relative"]
        for surname, bare in first["bare"].items():
            if bare < relatives.get(surname, _NOWHERE):
                principals[surname] = min(principals.get(surname, _NOWHERE), bare)
        return cls(principals, relatives, headline)

    def is_contested(self, field: int, start: int, surname: str) -> bool:
        """Return whether another of the surname is named before it, and the principal is not.

        A headline is read after the rest: it may be about whoever the article names first.
        """
        other = self.relatives.get(surname, _NOWHERE)
        principal = self.principals.get(surname, _NOWHERE)
        if field == self.headline:
            return other < principal
        return other < (field, start) <= principal


def is_principal(actor: str, surname: str, gazetteer: Gazetteer) -> bool:
    """Return whether the article means this actor by the surname alone once it has named them."""
    if not actor:
        return False
    alone = gazetteer.principals.get(surname)
    return alone is None or actor in alone


def is_junior(scan: FieldScan, span: SpanLike) -> bool:
    """Return whether Jr. or III follows, which no listed name has: it is another person."""
    plain = scan.text.plain
    return plain.startswith(_BEFORE_JUNIOR, span.end) and bool(_JUNIOR.match(plain, span.end))


def is_of_a_generation(scan: FieldScan, span: SpanLike) -> bool:
    """Return whether the surname is one of two relatives': the younger Trump, Trump Jr."""
    return is_junior(scan, span) or scan.text.plain.endswith(_GENERATIONS, 0, span.start)


def is_titled_otherwise(title: Title, actor: str, gazetteer: Gazetteer) -> bool:
    """Return whether the title is not this person's: Mrs. Trump, First Lady Trump."""
    if title.gender and gazetteer.actors[actor].gender not in {None, title.gender}:
        return True
    held = frozenset(gazetteer.offices_by_holder.get(actor, ()))
    return bool(title.offices) and not held & (title.offices or held)


def find_unknown_bearers(
    contexts: Sequence[TitleContext],
    full_names: Sequence[Sequence[CandidateSpan]],
    surnames: frozenset[str],
    gazetteer: Gazetteer,
) -> Iterator[SurnameBearer]:
    """Yield the people of these surnames whom nothing lists: Jr., an unknown first name before it.

    ``full_names`` are the listed names in each field.
    """
    for field, context in enumerate(contexts):
        scan = context.scan
        for span in _unlisted(scan, full_names[field], surnames):
            if is_of_a_generation(scan, span) or _is_person(scan, span, gazetteer):
                yield SurnameBearer(field, span.start, span.names[0].owner)
        for span in scan.spans(NameKind.STOP_NAME):
            words = normalise_name(scan.text.plain[span.start : span.end]).split()
            if words and words[-1].rstrip(".") in _AFTER_A_NAME:
                words.pop()
            if words and words[-1] in surnames and not _is_whole(words, span):
                yield SurnameBearer(field, span.start, words[-1])


def _unlisted(
    scan: FieldScan, full_names: Sequence[CandidateSpan], surnames: frozenset[str]
) -> list[CandidateSpan]:
    """Return the surnames that may be part of a name that no list has."""
    names = [span for span in full_names if span.names[0].kind is not NameKind.MONONYM]
    ends = {span.end for span in names}
    likely = [
        span
        for span in scan.spans(NameKind.SURNAME)
        if span.names[0].owner in surnames
        and (
            is_of_a_generation(scan, span) or (span.end not in ends and _has_first_name(scan, span))
        )
    ]
    if not likely:
        return []
    mask = Mask(len(scan.text.plain), names)
    return [
        span
        for span in likely
        if mask.is_free(span.end, span.end + 1)
        and (mask.is_free(span.start, span.end) or is_of_a_generation(scan, span))
    ]


def _has_first_name(scan: FieldScan, span: CandidateSpan) -> bool:
    return scan.capital_after(span.end) is None and scan.capital_before(span.start) is not None


def _is_whole(words: list[str], span: CandidateSpan) -> bool:
    """Return whether a stop name is the surname alone, which names nobody."""
    return len(words) == 1 and span.end - span.start == len(words[0])


def _is_person(scan: FieldScan, span: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Return whether an unknown first name stands before the surname and no noun after it."""
    return (
        _has_first_name(scan, span)
        and not is_case_uninformative(scan, span)
        and is_part_of_unknown_name(scan, span, frozenset(), gazetteer)
    )
