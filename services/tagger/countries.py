"""Step 4: countries, by name, demonym, group (both Koreas) or a seat that stands for the government (``metonym``).

A short name (the North, Georgia) counts where the article also names the country in another way, and not before another capital
(the North Pole). A name that two countries share names neither.
"""

from collections.abc import Iterator, Sequence

from services.tagger.find import Found, Kind, longest
from services.tagger.gazetteer import Gazetteer
from services.tagger.scan import Mask, Scan, owners
from shared.schemas import CountryMention, Mention


def name_countries(scans: Sequence[Scan], people: Sequence[Sequence[Mention]], gazetteer: Gazetteer) -> list[list[CountryMention]]:
    """The mentions of countries, field by field, in the order of the text; none inside a person's name."""
    named = {owner for scan in scans for found in scan.of(Kind.COUNTRY, Kind.METONYM) for owner in owners(found.names)}
    return [list(_in_field(scan, mentions, named, gazetteer)) for scan, mentions in zip(scans, people, strict=True)]


def _in_field(scan: Scan, people: Sequence[Mention], named: set[str], gazetteer: Gazetteer) -> Iterator[CountryMention]:
    taken = Mask(len(scan.text.plain), people)
    short = [found for found in scan.of(Kind.SHORT) if found.names[0].owner in named and not _goes_on(scan, found)]
    for found in longest([*scan.of(Kind.COUNTRY, Kind.METONYM, Kind.GROUP), *short]):
        if not taken.is_free(found.start, found.end):
            continue
        for iso3 in _meant(found, gazetteer):
            yield CountryMention(
                field=scan.field,
                start=found.start,
                end=found.end,
                surface=scan.text.plain[found.start : found.end],
                iso3=iso3,
                metonym=found.names[0].kind is Kind.METONYM,
            )


def _meant(found: Found, gazetteer: Gazetteer) -> tuple[str, ...]:
    whose = owners(found.names)
    if found.names[0].kind is Kind.GROUP:
        return tuple(sorted(gazetteer.groups[whose[0]]))
    return whose if len(whose) == 1 else ()


def _goes_on(scan: Scan, found: Found) -> bool:
    after = scan.word_after(found.end)
    surface = scan.text.plain[found.start : found.end]
    return after is not None and after.text[0].isupper() and not surface.isupper()
