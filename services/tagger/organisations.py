"""Step 5: organisations, by name; an abbreviation counts where the article also gives the name."""

from collections.abc import Sequence

from services.tagger.scan.automaton import Found, Kind, longest
from services.tagger.scan.candidate_spans import Mask, Scan, owners
from shared.messages.schemas import Mention, Reason


def name_organisations(scans: Sequence[Scan], people: Sequence[Mask]) -> list[list[Mention]]:
    """The mentions of organisations, field by field; none inside a person's name or an office's (White House press secretary)."""
    short = any(scan.of(Kind.ABBREVIATION) for scan in scans)
    named = {owner for scan in scans for found in scan.of(Kind.ORGANISATION) for owner in owners(found.names)} if short else set()
    return [_in_field(scan, taken, named) for scan, taken in zip(scans, people, strict=True)]


def _in_field(scan: Scan, people: Mask, named: set[str]) -> list[Mention]:
    places = longest([*scan.of(Kind.ORGANISATION), *_known(scan.of(Kind.ABBREVIATION), named)])
    if not places:
        return []
    taken = people.with_places(longest(scan.of(Kind.OFFICE, Kind.OFFICE_OF)))
    return [_mention(scan, found) for found in places if taken.is_free(found.start, found.end)]


def _known(abbreviations: list[Found], named: set[str]) -> list[Found]:
    kept = (Found(found.start, found.end, tuple(name for name in found.names if name.owner in named)) for found in abbreviations)
    return [found for found in kept if found.names]


def _mention(scan: Scan, found: Found) -> Mention:
    who = owners(found.names)
    return Mention(
        field=scan.field,
        start=found.start,
        end=found.end,
        surface=scan.text.plain[found.start : found.end],
        kind="organisation",
        actor=who[0] if len(who) == 1 else None,
        ambiguous=() if len(who) == 1 else who,
        reason=Reason.ORGANISATION if len(who) == 1 else Reason.SHARED_NAME,
    )
