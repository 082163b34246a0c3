"""Which office a phrase names, by the country or person directly beside it."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.context import OfficeContext, OfficePhrase
from services.tagger.offices.terms import is_in_office
from services.tagger.scan.automaton import CandidateSpan, NameKind
from services.tagger.scan.candidate_spans import FieldScan

EDGE: Final = re.compile(r"(?P<possessive>['’]s?)?[ \u00a0-]$")
_OF: Final = re.compile(r"(?P<of> of )(?:the )?", re.IGNORECASE)
_CAPITALISED: Final = re.compile(r"(?<![\w-])[^\W\d_a-z][\w.-]*$")
_NAME_REACH: Final = 30
_ACTING: Final = "acting"


def merge_office_spans(scan: FieldScan) -> Iterator[CandidateSpan]:
    """Yield the phrases with all offices they may refer to, alone or with a country."""
    merged: dict[tuple[int, int], CandidateSpan] = {}
    for span in scan.spans(NameKind.OFFICE, NameKind.OFFICE_OF):
        edges = (span.start, span.end)
        merged[edges] = (
            CandidateSpan(*edges, (*merged[edges].names, *span.names)) if edges in merged else span
        )
    yield from merged.values()


def parse_phrase(
    scan: FieldScan,
    span: CandidateSpan,
    context: OfficeContext,
    day: date,
    gazetteer: Gazetteer,
) -> OfficePhrase | None:
    """Return which office the phrase refers to in its context, if any."""
    plain, start = scan.text.plain, before_acting(scan, span.start)
    edge = EDGE.search(plain, max(0, start - 3), start)
    before, first = context.country_ends.get(edge.start(), ("", 0)) if edge else ("", 0)
    after, last = _country_after(plain, span.end, context)
    owner = ""
    if edge and edge["possessive"]:
        owner = owners_country(context.person_ends.get(edge.start()), day, gazetteer)
    for country, place in (
        (before, (first, span.end)),
        (after, (start, last)),
        (owner, (start, span.end)),
    ):
        office = office_of_country(span, country, gazetteer) if country else None
        if office:
            acting = start < span.start or before_acting(scan, place[0]) < place[0]
            if acting:
                office = gazetteer.acting_offices.get(office, office)
            return OfficePhrase(office, *place, acting=acting)
    alone = next((name.owner for name in span.names if name.kind is NameKind.OFFICE), None)
    if alone and edge and edge["possessive"] and not before:
        alone = None if _is_somebodys(edge.start(), scan, context) else alone
    if alone and before in {"", gazetteer.offices[alone].country}:
        whole = first if before else start
        acting = start < span.start or before_acting(scan, whole) < whole
        return OfficePhrase(alone, whole, span.end, acting=acting)
    return None


def _is_somebodys(end: int, scan: FieldScan, context: OfficeContext) -> bool:
    """Return whether the possessive that ends at ``end`` is that of a person: Bush's secretary."""
    return (
        _CAPITALISED.search(scan.text.plain, max(0, end - _NAME_REACH), end) is not None
        and not scan.is_case_uninformative
        and end not in context.organisation_ends
    )


def is_narrowed(scan: FieldScan, end: int) -> bool:
    """Return whether the phrase goes on: of something, or with a name that is not listed."""
    after = scan.word_after(end)
    return after is not None and (after.text.lower() == "of" or after.text[0].isupper())


def owners_country(actor: str | None, day: date, gazetteer: Gazetteer) -> str:
    """Return the country of a person in office; Obama's secretary is not today's."""
    person = gazetteer.actors.get(actor or "")
    return person.country if person and is_in_office(person.id, day, gazetteer) else ""


def before_acting(scan: FieldScan, start: int) -> int:
    """Return where a phrase at ``start`` begins with its "acting", if it has one."""
    before = scan.word_before(start)
    return before.start if before and before.text.lower() == _ACTING else start


def _country_after(plain: str, end: int, context: OfficeContext) -> tuple[str, int]:
    of = _OF.match(plain, end)
    starts = context.country_starts
    return (starts.get(of.end()) or starts.get(of.end("of")) or ("", 0)) if of else ("", 0)


def office_of_country(span: CandidateSpan, country: str, gazetteer: Gazetteer) -> str | None:
    """Return the office of a country (iso3) to which a phrase may refer, if there is one."""
    return next(
        (
            name.owner
            for name in span.names
            if name.kind is NameKind.OFFICE_OF and gazetteer.offices[name.owner].country == country
        ),
        None,
    )
