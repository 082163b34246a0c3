"""Find who did what to whom: the participants in the places beside a trigger."""

import re
from typing import Final, NamedTuple

from services.tagger.events.participants import Participant, Participants
from services.tagger.events.triggers import Trigger
from services.tagger.scan.candidate_spans import FieldScan

_NEAR: Final = 90
_FAR: Final = 160
_JOINED: Final = 12
_TITLE: Final = (
    r"(?:the|a|an|his|her|its|their|then|former|new|both|fellow|[A-Z][\w.’'-]*|of|president|leader"
    r"|minister|chairman|premier|chancellor|king|prince|counterpart|foreign|prime|dictator|strongman"
    r"|secretary|state|general|ambassador|envoy|officials|forces|troops|targets|government"
    r"|neighbouring|neighboring|ally|archrival|neighbour|neighbor)"
)
_DIRECT: Final = re.compile(rf"(?! of )(?: {_TITLE},?){{0,6}} ")
_PREPOSITION_WORDS: Final = """
of to in from with for at by on against about near between over under than like into across inside
including despite toward towards via during outside off around as
"""
_PREPOSITIONS: Final = frozenset(_PREPOSITION_WORDS.split())
_TITLE_WORD: Final = re.compile(rf"{_TITLE},?")
_LONGEST_TITLE: Final = 6
_AND: Final = re.compile(rf"(?:,? and|,| &|/|-|–)(?: {_TITLE}){{0,6}} ?")
_BE: Final = frozenset({"is", "are", "was", "were", "be", "been", "being", "got", "gets", "get"})
_ADVERBS: Final = frozenset({"not", "never", "also", "again", "now", "then", "already"})
_POSSESSIVE: Final = re.compile(r"['’]s?(?= )")
_BODY: Final = re.compile(
    r"['’]s? (?:[a-z][\w-]* ){0,2}(?:government|administration|regime|country|forces?|troops|army"
    r"|military|navy|air force|team|officials?|ministry|parliament|jets|warplanes|artillery"
    r"|leadership|police|party|soldiers|rulers|leaders?)\b"
)
_REPORTED: Final = re.compile(
    r",? (?:(?:has|have|had|also|later|then) )*(?:said|says|announced|announces|confirmed|claims"
    r"|claimed|denied|denies|vowed|insisted|added|told [^\s]+|admitted|reported|declared|revealed"
    r"|tweeted|warned|wrote|promised|pledged|hinted)(?: (?:(?:on|late|early|last) )?\w+day"
    r"| this week)?(?: that)? (?:he|she|it|they)\b(?P<helpers>.*)",
    re.DOTALL,
)
_RELATIVE: Final = re.compile(r",? (?:who|which|that)\b")
_APPOSITION: Final = re.compile(r",[^,]{1,60},")
_CLAUSE_WORDS: Final = """
that who which when while after before because if but as where although though until since whether
unless whose said says saying than
"""
_PRONOUN_WORDS: Final = "he she it they we I you there what whom"
_FINITE_WORDS: Final = "is are was were has have had will would could may might"
_OPENS_CLAUSE: Final = frozenset(_CLAUSE_WORDS.split())
_NEW_SUBJECT: Final = frozenset((_CLAUSE_WORDS + _PRONOUN_WORDS).split())
_ENDS_NOUN_PHRASE: Final = frozenset((_CLAUSE_WORDS + _FINITE_WORDS).split())
_MARK: Final = re.compile('[;:!?“”"—]')
_MODIFYING: Final = re.compile(
    r"(?:['’]s?)?[ -](?:(?:[a-z0-9][\w-]*|[\"“]?[\w-]+[\"”]?|[A-Z][a-z]+),? ){0,4}"
)
_NOT_MODIFYING: Final = re.compile(
    r"\b(?:and|or|to|of|in|on|at|for|from|with|by|over|after|before|that|as|is|are|was|were|has"
    r"|have|had|will|would|could|may|might|not|but|against|who|which|about|into|during|said|says"
    r"|if|when|amid|between|a|an|the|his|her|their|its|this)\b"
)
_VERBAL: Final = re.compile(r" (?:\w+ed|\w+s|held|met|made|won|took|began|sent) ")


class Roles(NamedTuple):
    """Who did it, and to whom it was done; None where the text does not say."""

    agent: Participant | None = None
    target: Participant | None = None


class _Governed(NamedTuple):
    """A participant after a trigger, and the preposition before it ("" for none)."""

    participant: Participant
    preposition: str


class RoleReader:
    """Reads the participants beside the triggers of one field."""

    def __init__(self, scan: FieldScan, participants: Participants) -> None:
        self._plain: Final = scan.text.plain
        self._scan: Final = scan
        self._participants: Final = participants
        self._governors: Final[dict[Participant, tuple[str, int]]] = {}

    def roles(self, trigger: Trigger) -> Roles:
        """Return the participants of a trigger, by how it is told: verb, passive or noun."""
        if not self._participants.all:
            return Roles()
        if trigger.is_nominal and not trigger.is_light:
            following = self._following(trigger.end, _ENDS_NOUN_PHRASE)
            agent, target = self._noun_roles(trigger, following)
        else:
            agent, target = self._verb_roles(trigger, self._following(trigger.end))
        return Roles(
            agent, target if agent is None or target is None or target.id != agent.id else None
        )

    def _verb_roles(self, trigger: Trigger, following: list[_Governed]) -> Roles:
        event, start = trigger.event, trigger.verb_start
        by, subject = _of_prepositions(following, ("by", *event.by)), self._subject(start)
        if trigger.is_participle and not trigger.is_light and (by or self._is_after_be(start)):
            return self._passive_roles(trigger, following, by, subject)
        if trigger.is_overseen and subject is not None and subject.id.isupper():
            subject = None
        target = self._direct(trigger) or _of_prepositions(following, event.to)
        if event.patient == "who":
            return Roles(target or subject)
        if source := _of_prepositions(following, event.by):
            return Roles(source, target or subject)
        if event.reciprocal and target is None:
            if subject is not None:
                other = self._joined_before(subject)
                return Roles(other, subject) if other else Roles(subject)
            return self._pair(following) or Roles()
        return Roles(self._first_of(subject) if subject else by, target)

    def _passive_roles(
        self,
        trigger: Trigger,
        following: list[_Governed],
        by: Participant | None,
        subject: Participant | None,
    ) -> Roles:
        """Return the roles of a passive, whose object's phrase may name whom it was done to."""
        event = trigger.event
        if trigger.object_start >= 0:
            following = self._following(trigger.object_start)
            if event.reciprocal and (pair := self._pair(following)):
                return pair
            subject = None
        target = subject or _of_prepositions(following, event.to)
        return Roles(target) if event.patient == "who" else Roles(by, target)

    def _noun_roles(self, trigger: Trigger, following: list[_Governed]) -> Roles:
        event = trigger.event
        if event.reciprocal and (pair := self._pair(following)):
            return pair
        of = _of_prepositions(following, ("of",))
        agent = _of_prepositions(following, ("by", *event.by))
        target = _of_prepositions(following, tuple(word for word in event.to if word != "of"))
        agent, target = (agent or of, target) if event.of == "who" else (agent, target or of)
        modifier = self._modifier(trigger.start)
        if modifier is None:
            return Roles(agent, target)
        if event.reciprocal and target is None:
            other = self._joined_before(modifier)
            return Roles(other, modifier) if other else Roles(agent or modifier)
        is_owner = not modifier.is_name or _POSSESSIVE.match(self._plain, modifier.end)
        if (is_owner or event.modifier == "who") and not self._is_patient_owner(trigger, modifier):
            return Roles(agent or modifier, target)
        return Roles(agent, target or modifier)

    def _is_patient_owner(self, trigger: Trigger, modifier: Participant) -> bool:
        """Return whether a person's possessive names whom it happened to: Kim's arrest."""
        return trigger.event.owner == "to" and not modifier.id.isupper()

    def _following(self, end: int, boundary: frozenset[str] = _OPENS_CLAUSE) -> list[_Governed]:
        """Return the participants after a trigger in its clause, with their prepositions."""
        governed: list[_Governed] = []
        checked = end
        for participant in self._participants.after(end, _NEAR):
            between = self._plain[checked : participant.start]
            if _is_crossed(between, boundary) or self._is_divided(end, participant.start):
                break
            preposition, position = self._preposition(participant)
            if position < end:
                preposition = ""
            governed.append(_Governed(participant, preposition))
            checked = participant.end
        return governed

    def _is_divided(self, start: int, end: int) -> bool:
        return self._scan.sentences.is_divided(start, end)

    def _preposition(self, participant: Participant) -> tuple[str, int]:
        """Return the preposition that governs a participant and where it starts, or "" and -1."""
        if participant not in self._governors:
            for earlier in self._participants.before(participant.start, _JOINED):
                if earlier not in self._governors:
                    self._governors[earlier] = self._find_preposition(earlier.start)
                break
            self._governors[participant] = self._find_preposition(participant.start)
        return self._governors[participant]

    def _find_preposition(self, start: int) -> tuple[str, int]:
        """Walk back over a title to a preposition, or over "and" to the name before it.

        The "of" inside a title governs nobody: Secretary of State Mike Pompeo.
        """
        end, has_capital = start, False
        for _step in range(_LONGEST_TITLE):
            if end < 2 or self._plain[end - 1] not in " \u00a0":
                break
            first = self._plain.rfind(" ", max(0, end - 30), end - 1) + 1
            word = self._plain[first : end - 1]
            lower = word.lower()
            if lower == "and":
                return self._preposition_of_first(first - 1)
            if lower in _PREPOSITIONS and not (lower == "of" and has_capital):
                return lower, first
            if not _TITLE_WORD.fullmatch(word):
                break
            end, has_capital = first, has_capital or word[0].isupper()
        return "", -1

    def _preposition_of_first(self, end: int) -> tuple[str, int]:
        """Return what governs the name that ends before "and", if that was read before."""
        for participant in self._participants.before(end, 1):
            return self._governors.get(participant) or ("", -1)
        return "", -1

    def _subject(self, verb: int) -> Participant | None:
        """Return the subject of the verb at ``verb``: the nearest name that nothing governs."""
        sentence = self._scan.sentences.around(verb, verb)
        for participant in self._participants.before(verb, _FAR):
            if participant.start < sentence.start:
                return None
            preposition = self._preposition(participant)[0]
            if not preposition or (preposition == "of" and participant.id.isupper()):
                between = self._plain[participant.end : verb]
                return participant if self._leads(participant, between) else None
        return None

    def _leads(self, participant: Participant, between: str) -> bool:
        """Return whether the words between a name and a verb leave the name its subject."""
        if between == " ":
            return True
        if spoken := _REPORTED.fullmatch(between):
            between = spoken["helpers"]
        elif relative := _RELATIVE.match(between):
            between = between[relative.end() :]
        if (
            _POSSESSIVE.match(between)
            and participant.country != participant.id
            and not _BODY.match(between)
        ):
            return False
        if apposition := _APPOSITION.match(between):
            between = between[apposition.end() :]
        return len(between) <= _NEAR and not _is_crossed(between, _NEW_SUBJECT)

    def _is_after_be(self, start: int) -> bool:
        """Return whether a form of "be" precedes the participle, adverbs between them aside."""
        for word in reversed(self._plain[max(0, start - 30) : start].lower().split()):
            if word in _BE:
                return True
            if word not in _ADVERBS and not word.endswith("ly"):
                return False
        return False

    def _direct(self, trigger: Trigger) -> Participant | None:
        """Return the direct object after a verb."""
        for participant in self._participants.after(trigger.verb_end, _NEAR):
            between = self._plain[trigger.verb_end : participant.start]
            return participant if _DIRECT.fullmatch(between) else None
        return None

    def _pair(self, following: list[_Governed]) -> Roles | None:
        """Return both sides of "a meeting between X and Y", or "a meeting of X and Y"."""
        first = _of_prepositions(following, ("between", "of", "by"))
        if first is None:
            return None
        for participant in self._participants.after(first.end, _NEAR):
            between = self._plain[first.end : participant.start]
            return Roles(first, participant) if _AND.fullmatch(between) else None
        return None

    def _joined_before(self, second: Participant) -> Participant | None:
        """Return the name before "and" and this one."""
        if twin := self._participants.twin(second):
            return twin
        for participant in self._participants.before(second.start, _NEAR):
            between = self._plain[participant.end : second.start]
            return participant if _AND.fullmatch(between) else None
        return None

    def _first_of(self, subject: Participant) -> Participant:
        """Return the first of two coordinated subjects."""
        return self._joined_before(subject) or subject

    def _modifier(self, start: int) -> Participant | None:
        """Return the name that owns or describes a noun: North Korea's launch, U.S. sanctions."""
        for participant in self._participants.before(start, _NEAR):
            return participant if _is_modifying(self._plain[participant.end : start]) else None
        return None


def _is_crossed(between: str, words: frozenset[str]) -> bool:
    """Return whether a mark or one of the words opens another clause."""
    return not words.isdisjoint(between.split()) or _MARK.search(between) is not None


def _of_prepositions(
    following: list[_Governed], prepositions: tuple[str, ...]
) -> Participant | None:
    """Return the first participant that one of the prepositions governs."""
    for participant, preposition in following:
        if preposition in prepositions:
            return participant
    return None


def _is_modifying(between: str) -> bool:
    if not _MODIFYING.fullmatch(between) or _NOT_MODIFYING.search(between):
        return False
    return _POSSESSIVE.match(between) is not None or not _VERBAL.search(between)
