"""The classes of cues: words that say whether something happened, and on which side they work.

The method is that of ConText (Harkema et al. 2009): a cue has a direction and reaches to the end of
its clause. Which phrases belong to a class is data, one table a language in ``cues/``.
"""

from enum import StrEnum
from typing import Final

from shared.messages.schemas import Status


class CueClass(StrEnum):
    """What a cue does to the words beside it. "Weak" classes count for triggers, not for scopes."""

    NEGATION = "negation"
    ABSENCE = "absence"
    WEAK_ABSENCE = "weak absence"
    REFUSAL = "refusal"
    HALT = "halt"
    FALLEN_THROUGH = "fallen through"
    MODAL = "modal"
    INTENT = "intent"
    CALL = "call"
    PROSPECT = "prospect"
    WEAK_PROSPECT = "weak prospect"
    FEAR = "fear"
    CONDITION = "condition"
    AHEAD = "ahead"
    EXPLAINER = "what to expect"
    CLAIM = "claim"
    DOUBT = "doubt"
    SEEMING = "seeming"
    UNVERIFIED = "unverified"
    WEAK_SOURCE = "weak source"
    SAY = "say"
    CONFIRM = "confirm"
    FACTIVE = "factive"
    OCCASION = "occasion"
    HAPPENING = "happening"
    BACKGROUND = "background"
    WEAK_BACKGROUND = "weak background"
    ARCHIVE = "archive"
    RECENT = "recent"
    WEAK_RECENT = "weak recent"
    WEEKDAY = "weekday"
    MONTH = "month"
    PERFECT = "perfect"
    PLUPERFECT = "pluperfect"
    BE = "be"
    DID = "did"
    TO = "to"
    HAVING = "having"
    BORDER = "border"
    COMMA = "comma"
    STOP = "stop"
    QUESTION = "question"
    THIS_WEEK = "time of this week"
    WEEKS_AGO = "time of this month"
    LONG_AGO = "time long ago"
    TIME_AHEAD = "time ahead"


CLASS_STATUS: Final[dict[CueClass, Status]] = {
    CueClass.NEGATION: "denied",
    CueClass.ABSENCE: "denied",
    CueClass.WEAK_ABSENCE: "denied",
    CueClass.REFUSAL: "denied",
    CueClass.HALT: "denied",
    CueClass.FALLEN_THROUGH: "denied",
    CueClass.MODAL: "planned",
    CueClass.INTENT: "planned",
    CueClass.CALL: "planned",
    CueClass.PROSPECT: "planned",
    CueClass.WEAK_PROSPECT: "planned",
    CueClass.FEAR: "planned",
    CueClass.CONDITION: "planned",
    CueClass.AHEAD: "planned",
    CueClass.EXPLAINER: "planned",
    CueClass.TIME_AHEAD: "planned",
    CueClass.CLAIM: "claimed",
    CueClass.DOUBT: "claimed",
    CueClass.SEEMING: "claimed",
    CueClass.UNVERIFIED: "claimed",
    CueClass.BACKGROUND: "past",
    CueClass.WEAK_BACKGROUND: "past",
    CueClass.ARCHIVE: "past",
    CueClass.LONG_AGO: "past",
}
"""The status that a cue of the class gives to what it reaches, where nothing else decides."""

BACKWARD: Final = frozenset(
    {CueClass.FALLEN_THROUGH, CueClass.AHEAD, CueClass.HAPPENING, CueClass.UNVERIFIED}
)
"""These work on what stands before them."""

GRAMMAR: Final = frozenset(
    {
        CueClass.MODAL,
        CueClass.NEGATION,
        CueClass.PERFECT,
        CueClass.PLUPERFECT,
        CueClass.BE,
        CueClass.DID,
        CueClass.TO,
        CueClass.HAVING,
    }
)
"""These form the chain of auxiliaries before a verb."""

BORDERS: Final = frozenset({CueClass.BORDER, CueClass.STOP, CueClass.QUESTION})
"""No cue reaches across them."""
