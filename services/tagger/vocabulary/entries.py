"""What the files say of events: one frozen dataclass for each kind of entry."""

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["who", "to"]
PloverType = Literal[
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "COOPERATE",
    "AID",
    "CONCEDE",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWords:
    """A group of words that triggers name as <id>.

    English nouns and verbs are listed in their base form, ``words`` as they are, ``forms`` by
    language (ISO 639-1). At most ``reach`` words stand between the trigger and the group's word.
    """

    id: str
    nouns: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reach: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A type of event and its triggers by language (ISO 639-1).

    English triggers are inflected by rule, except ``verb_forms``; those of other languages are
    listed in every form. ``short_verbs`` and ``short_nouns`` (the launch) count only where the
    article mentions such an event in another way; those of the triggers that ``weak`` repeats, only
    where their sentence names a person or country. Nothing inside ``stops`` is a trigger.

    ``scheduled``: it has a day before it happens. ``reciprocal``: both sides do the same.
    ``denial_like``: it is itself an end or a refusal. ``aimed``: the type that it is instead where
    a country or person is its target.

    ``to`` and ``by`` are the prepositions before whom it was done to, and who did it (besides
    "by"). ``of`` says who stands after a noun with "of" (the death of), ``owner`` who a person's
    possessive names (Kim's arrest), ``modifier`` who a name without possessive before a noun is
    (Iran sanctions), ``patient`` who a verb's object is.
    ``cameo`` are codes of CAMEO, ``plover`` a type of PLOVER.
    """

    id: str
    title: str
    cameo: tuple[str, ...]
    plover: PloverType | None
    verbs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nouns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    verb_forms: tuple[str, ...] = ()
    short_verbs: tuple[str, ...] = ()
    short_nouns: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    scheduled: bool = False
    reciprocal: bool = False
    denial_like: bool = False
    aimed: str | None = None
    to: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    of: Role = "who"
    owner: Role = "who"
    modifier: Role = "who"
    patient: Role = "to"
