"""Step 5: organisations, by name; an abbreviation counts where the article also gives the name."""

from collections.abc import Sequence

from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask, owners
from shared.messages.schemas import Mention, MentionReason


def find_organisation_mentions(
    scans: Sequence[FieldScan], people: Sequence[Mask]
) -> list[list[Mention]]:
    """The mentions of organisations, field by field; none inside a person's name or an office's (White House press secretary)."""
    short = any(scan.of(NameKind.ABBREVIATION) for scan in scans)
    named = (
        {
            owner
            for scan in scans
            for found in scan.of(NameKind.ORGANISATION)
            for owner in owners(found.names)
        }
        if short
        else set()
    )
    return [_in_field(scan, taken, named) for scan, taken in zip(scans, people, strict=True)]


def _in_field(scan: FieldScan, people: Mask, named: set[str]) -> list[Mention]:
    places = longest_spans(
        [*scan.of(NameKind.ORGANISATION), *_known(scan.of(NameKind.ABBREVIATION), named)]
    )
    if not places:
        return []
    taken = people.with_places(longest_spans(scan.of(NameKind.OFFICE, NameKind.OFFICE_OF)))
    return [_mention(scan, found) for found in places if taken.is_free(found.start, found.end)]


def _known(abbreviations: list[CandidateSpan], named: set[str]) -> list[CandidateSpan]:
    kept = (
        CandidateSpan(
            found.start, found.end, tuple(name for name in found.names if name.owner in named)
        )
        for found in abbreviations
    )
    return [found for found in kept if found.names]


def _mention(scan: FieldScan, found: CandidateSpan) -> Mention:
    who = owners(found.names)
    return Mention(
        field=scan.field,
        start=found.start,
        end=found.end,
        surface=scan.text.plain[found.start : found.end],
        kind="organisation",
        actor=who[0] if len(who) == 1 else None,
        ambiguous=() if len(who) == 1 else who,
        reason=MentionReason.ORGANISATION if len(who) == 1 else MentionReason.SHARED_NAME,
    )
