"""The classes of cues: words that say whether something happened, and on which side they work.

The method is that of ConText (Harkema et al. 2009): a cue has a direction and reaches to the end of
its clause. Which phrases belong to a class is data, one table a language in ``cues/``.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
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
    HEARSAY = "hearsay"
    STATE_MEDIA = "state media"
    PARTY = "party"
    REBUTTAL = "rebuttal"
    ACCORDING = "according"
    ANONYMOUS = "anonymous"
    WEAK_SOURCE = "weak source"
    REPORT = "report"
    SAY = "say"
    CONFIRM = "confirm"
    FACTIVE = "factive"
    OCCASION = "occasion"
    HAPPENING = "happening"
    BACKGROUND = "background"
    WEAK_BACKGROUND = "weak background"
    ORDINAL = "ordinal"
    ARCHIVE = "archive"
    RECENT = "recent"
    WEAK_RECENT = "weak recent"
    WEEKDAY = "weekday"
    MONTH = "month"
    YEAR = "year"
    PERFECT = "perfect"
    PLUPERFECT = "pluperfect"
    BE = "be"
    PAST_BE = "past be"
    DID = "did"
    TO = "to"
    HAVING = "having"
    BORDER = "border"
    JUNCTURE = "juncture"
    RELATIVE = "relative"
    COMMA = "comma"
    STOP = "stop"
    QUESTION = "question"
    THIS_WEEK = "time of this week"
    WEEKS_AGO = "time of this month"
    LONG_AGO = "time long ago"
    TIME_AHEAD = "time ahead"

    __hash__ = str.__hash__  # Enum's own is a Python function, which is slow as a key


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
    CueClass.HEARSAY: "claimed",
    CueClass.STATE_MEDIA: "claimed",
    CueClass.PARTY: "claimed",
    CueClass.REBUTTAL: "claimed",
    CueClass.ANONYMOUS: "claimed",
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
        CueClass.PAST_BE,
        CueClass.DID,
        CueClass.TO,
        CueClass.HAVING,
    }
)
"""These form the chain of auxiliaries before a verb."""

BORDERS: Final = frozenset({CueClass.BORDER, CueClass.JUNCTURE, CueClass.STOP, CueClass.QUESTION})
"""No cue reaches across them from the left. A juncture (after, before) lets times through from the
right: "adopted after the 2013 test" is past."""
DENYING: Final = frozenset({CueClass.NEGATION, CueClass.ABSENCE, CueClass.REFUSAL})
"""A report that these govern is denied with what it says: "rejects a report that"."""
DENIABLE: Final = frozenset(
    {CueClass.INTENT, CueClass.PROSPECT, CueClass.FEAR, CueClass.CLAIM, CueClass.SEEMING}
)
"""Right after a negation these deny as well: "no preparations for", "not planning to"."""
SPEAKING: Final = frozenset({CueClass.SAY, CueClass.CLAIM, CueClass.REPORT})
"""Right after a weak source these make hearsay: "a Seoul daily says"."""

_BIT: Final[dict[CueClass, int]] = {kind: 1 << number for number, kind in enumerate(CueClass)}


def bits_of(classes: Iterable[CueClass]) -> int:
    """Return a set of classes as one number, which is quick to test."""
    return sum(_BIT[kind] for kind in set(classes))


@lru_cache(maxsize=4096)
def classes_of(bits: int) -> tuple[CueClass, ...]:
    """Return the classes of which a number is the set."""
    return tuple(kind for kind, bit in _BIT.items() if bits & bit)
