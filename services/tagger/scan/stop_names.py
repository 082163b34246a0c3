"""Step 2: what only looks like a name is left out: Trump Tower is no person, The Washington Post no capital."""

from collections.abc import Sequence

from services.tagger.scan.automaton import CandidateSpan, NameKind
from services.tagger.scan.candidate_spans import FieldScan, Mask

_TRUE_INSIDE = frozenset({NameKind.KEYWORD, NameKind.EVENT, NameKind.DECOY})


def drop_stop_names(scan: FieldScan) -> FieldScan:
    """The scan without the names inside a decoy; a name that reaches beyond the decoy stays."""
    if not scan.of(NameKind.DECOY):
        return scan
    decoys = Mask(len(scan.text.plain), scan.of(NameKind.DECOY))
    hits = {
        kind: found if kind in _TRUE_INSIDE else _outside(found, decoys)
        for kind, found in scan.hits.items()
    }
    return scan.with_hits(hits)


def _outside(found: Sequence[CandidateSpan], decoys: Mask) -> tuple[CandidateSpan, ...]:
    return tuple(place for place in found if not decoys.is_all_taken(place.start, place.end))
