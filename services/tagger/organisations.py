"""Find organisations by name; an abbreviation counts if the article also gives the name."""

from collections.abc import Sequence

from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask, owners
from shared.messages.schemas import Mention, MentionReason


def find_organisation_mentions(
    scans: Sequence[FieldScan], people: Sequence[Mask]
) -> list[list[Mention]]:
    """Return the mentions of organisations by field, in text order.

    There are none inside a person's name or an office's (White House press secretary).
    """
    has_abbreviations = any(scan.spans(NameKind.ABBREVIATION) for scan in scans)
    full_names = {
        owner
        for scan in scans
        for span in (scan.spans(NameKind.ORGANISATION) if has_abbreviations else ())
        for owner in owners(span.names)
    }
    return [_mentions(scan, mask, full_names) for scan, mask in zip(scans, people, strict=True)]


def _mentions(scan: FieldScan, people: Mask, full_names: set[str]) -> list[Mention]:
    spans = scan.spans(NameKind.ORGANISATION)
    if full_names:
        spans += _of_owners(scan.spans(NameKind.ABBREVIATION), full_names)
    if not spans:
        return []
    spans = longest_spans(spans)
    offices = longest_spans(scan.spans(NameKind.OFFICE, NameKind.OFFICE_OF))
    mask = people.with_spans(offices)
    return [_mention(scan, span) for span in spans if mask.is_free(span.start, span.end)]


def _of_owners(abbreviations: list[CandidateSpan], ids: set[str]) -> list[CandidateSpan]:
    """Return the abbreviations with only those of their names that belong to ``ids``."""
    spans = (
        CandidateSpan(span.start, span.end, tuple(name for name in span.names if name.owner in ids))
        for span in abbreviations
    )
    return [span for span in spans if span.names]


def _mention(scan: FieldScan, span: CandidateSpan) -> Mention:
    ids = owners(span.names)
    return Mention(
        field=scan.field,
        start=span.start,
        end=span.end,
        surface=scan.text.plain[span.start : span.end],
        kind="organisation",
        actor=ids[0] if len(ids) == 1 else None,
        ambiguous=() if len(ids) == 1 else ids,
        reason=MentionReason.ORGANISATION if len(ids) == 1 else MentionReason.SHARED_NAME,
    )
