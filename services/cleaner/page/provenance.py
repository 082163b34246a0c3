"""What is common to all votes: witnesses speak, the best wins, and it is written down who said what and why."""

from collections.abc import Iterable
from typing import Final

from shared.messages.schemas import CandidateValue, FieldProvenance

_LONGEST: Final = 200
_MOST: Final = 12

SourcedValue = tuple[str, str]
"""A witness and its words."""


def finding(
    field: str, chosen: str, why: str, said: Iterable[SourcedValue], *, disagree: bool = False
) -> FieldProvenance:
    """The record of a vote; long words are cut, and so are long lists of witnesses."""
    testimony = [CandidateValue(witness=witness, said=words[:_LONGEST]) for witness, words in said]
    return FieldProvenance(
        field=field, chosen=chosen, why=why, testimony=tuple(testimony[:_MOST]), disagree=disagree
    )


def first_of(field: str, said: Iterable[SourcedValue]) -> tuple[str | None, FieldProvenance | None]:
    """The words of the first witness that says anything, and the record; (None, None) where all are silent."""
    spoken = [(witness, words) for witness, words in said if words]
    if not spoken:
        return None, None
    witness, words = spoken[0]
    why = "the only witness" if len(spoken) == 1 else "asked first"
    return words, finding(field, witness, why, spoken)
