"""What status is asked for, and the answer: the words that the tagger and the readers share."""

import msgspec

from shared.messages.schemas import FieldName, Status


class EventKind(msgspec.Struct, frozen=True, gc=False):
    """What the vocabulary says of a trigger's event.

    ``is_noun`` is None where the trigger's form does not tell a noun from a verb (visit).
    ``is_scheduled``: announced in advance and has a day (summit, election), unlike a launch.
    ``is_denial_like``: the event itself is a refusal, an end or an absence (call-off, ceasefire),
    so that "halted", "end" and the like inside the trigger are no denial of it.
    """

    event: str
    is_noun: bool | None = None
    is_scheduled: bool = False
    is_denial_like: bool = False


class TriggerSpan(msgspec.Struct, frozen=True, gc=False):
    """A trigger: code points ``start`` to ``end`` of the field's original text, and its event."""

    field: FieldName
    start: int
    end: int
    kind: EventKind


class StatusVerdict(msgspec.Struct, frozen=True, gc=False):
    """A status, None where the text does not say, and the words that decided."""

    status: Status | None
    reason: str
