"""Records of where a field's value comes from: every candidate value, the one chosen, and why.

In messages and on the board, the source of a value is called its ``witness``.
"""

from collections.abc import Iterable
from typing import Final

from shared.messages.schemas import CandidateValue, FieldProvenance

_MAX_CHARACTERS: Final = 200
_MAX_VALUES: Final = 12

SourcedValue = tuple[str, str]
"""The source of a value, such as "json-ld" or "meta", and the value."""


def record(
    field: str, chosen: str, why: str, values: Iterable[SourcedValue], *, disagree: bool = False
) -> FieldProvenance:
    """Build the record of a choice; long values and long lists of values are shortened."""
    candidates = [
        CandidateValue(witness=source, said=value[:_MAX_CHARACTERS]) for source, value in values
    ]
    return FieldProvenance(
        field=field,
        chosen=chosen,
        why=why,
        testimony=tuple(candidates[:_MAX_VALUES]),
        disagree=disagree,
    )


def choose_first(
    field: str, values: Iterable[SourcedValue]
) -> tuple[str | None, FieldProvenance | None]:
    """Return the first value that is not empty, and the record; (None, None) if there is none."""
    present = [(source, value) for source, value in values if value]
    if not present:
        return None, None
    source, value = present[0]
    why = "the only witness" if len(present) == 1 else "asked first"
    return value, record(field, source, why, present)
