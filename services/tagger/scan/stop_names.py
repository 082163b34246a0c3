"""Step 2: what only looks like a name is left out: Trump Tower is no person, The Washington Post no capital."""

from collections.abc import Sequence

from services.tagger.scan.automaton import Found, Kind
from services.tagger.scan.candidate_spans import Mask, Scan

_TRUE_INSIDE = frozenset({Kind.KEYWORD, Kind.EVENT, Kind.DECOY})


def without_decoys(scan: Scan) -> Scan:
    """The scan without the names inside a decoy; a name that reaches beyond the decoy stays."""
    if not scan.of(Kind.DECOY):
        return scan
    decoys = Mask(len(scan.text.plain), scan.of(Kind.DECOY))
    hits = {kind: found if kind in _TRUE_INSIDE else _outside(found, decoys) for kind, found in scan.hits.items()}
    return scan.with_hits(hits)


def _outside(found: Sequence[Found], decoys: Mask) -> tuple[Found, ...]:
    return tuple(place for place in found if not decoys.is_all_taken(place.start, place.end))
