"""Drop names inside stop names: Trump Tower is no person, The Washington Post no capital.

Stop names are the phrases under ``decoys`` in seeds/actors/guards.yaml.
"""

from collections.abc import Sequence

from services.tagger.scan.automaton import CandidateSpan, NameKind
from services.tagger.scan.candidate_spans import FieldScan, Mask

_VALID_INSIDE = frozenset(
    {
        NameKind.KEYWORD,
        NameKind.EVENT,
        NameKind.EVENT_WORD,
        NameKind.EVENT_STOP,
        NameKind.STOP_NAME,
    }
)


def drop_stop_names(scan: FieldScan) -> FieldScan:
    """Return the scan without names inside a stop name; one that extends beyond it stays."""
    stop_names = scan.spans(NameKind.STOP_NAME)
    if not stop_names:
        return scan
    mask = Mask(len(scan.text.plain), stop_names)
    return scan.with_spans(
        {
            kind: spans if kind in _VALID_INSIDE else _outside(spans, mask)
            for kind, spans in scan.spans_by_kind.items()
        }
    )


def _outside(spans: Sequence[CandidateSpan], stop_names: Mask) -> tuple[CandidateSpan, ...]:
    return tuple(span for span in spans if not stop_names.is_covered(span.start, span.end))
