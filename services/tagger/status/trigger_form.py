"""Tell a noun from a verb, and find the auxiliaries before a verb, from the words beside it.

German, French and Spanish nouns are recognised by their articles; where the vocabulary knows
whether a trigger is a noun, that counts.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from services.tagger.events.part_of_speech import is_noun_here
from services.tagger.status.cue_classes import BORDERS, GRAMMAR, CueClass, bits_of
from services.tagger.status.cue_scan import CueScan
from services.tagger.status.event_kind import EventKind

FormName = Literal["noun", "chained", "finite", "present", "ing"]
_GRAMMAR: Final = bits_of(GRAMMAR)
_BRACKET: Final = bits_of(GRAMMAR - {CueClass.TO, CueClass.NEGATION})
_AUXILIARIES: Final = {
    "to": CueClass.TO,
    **dict.fromkeys(("has", "have"), CueClass.PERFECT),
    "had": CueClass.PLUPERFECT,
    **dict.fromkeys(("was", "were", "been"), CueClass.PAST_BE),
    **dict.fromkeys(("is", "are", "be", "being"), CueClass.BE),
    **dict.fromkeys(("will", "would", "could", "may", "might", "should", "shall"), CueClass.MODAL),
}
_CLAUSE_ENDS: Final = bits_of(BORDERS | {CueClass.RELATIVE})
_ADVERB: Final = re.compile(
    r"(?:\w+ly|also|now|then|still|ever|even|just|soon|first|once|yet|already|again|all|both|each"
    r"|only)"
)
_BEFORE_NOUNS_TABLE: Final = """
a an the this that these those its his her their our no any another every each first second third
fourth fifth sixth last latest newest new recent deadly major military nuclear missile rocket drone
air ballistic bomb of for over failed possible potential further more on against in from with at by
amid during despite about into between two three four several korean american israeli u.s. eu un
der die das den dem des ein eine einen einem einer kein keine keinen le la les un une des du au el
los las una del al de
"""
_BEFORE_NOUNS: Final = frozenset(_BEFORE_NOUNS_TABLE.split())
_BEFORE_NOUNS_ENDINGS: Final = ("'s", "’s", "s'", "s’", "ian", "ish", "ese")
_NOUN_ENDINGS: Final = (
    "tion", "sion", "ment", "ance", "ence", "summit", "talks", "fire", "ity",
)  # fmt: skip
_IRREGULAR_FORMS: Final = """
shot struck quit fled left shook met sent blew flew took hit won lost fell broke cut held said
led began sank slew made gave withdrew rose sold bought built fought overthrew shut put paid told
found brought drew threw shrank grew spoke bore wrote became came went ran saw sat stood swore
swept set hammered tore stole dealt drove ate hid kept spread split shaken taken hidden given
driven flown sworn torn stolen beaten broken chosen frozen spoken written drawn withdrawn
overthrown fallen gone seen done
"""
_IRREGULAR: Final = frozenset(_IRREGULAR_FORMS.split())
_NOUNS_TOO: Final = frozenset({"cut", "hit", "shot", "split", "set"})
_REACH: Final = 24
_PAST_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "fr": ("é", "ée", "és", "ées", "èrent"),
    "es": ("ó", "ado", "ados", "ada", "adas", "ido", "idos", "aron", "ieron", "eron"),
    "de": ("te", "ten"),
}


class TriggerForm(msgspec.Struct, frozen=True, gc=False):
    """What a trigger looks like; its auxiliaries are the cues from ``chain`` on.

    Where they do not stand right before it, ``auxiliaries`` are their classes, and ``auxiliary``
    is the number of the cue. ``is_progressive``: auxiliaries with a form in -ing.
    """

    name: FormName
    chain: int
    auxiliaries: int = 0
    auxiliary: int = -1
    is_progressive: bool = False


def trigger_form(
    cues: CueScan, first: int, before: int, span: tuple[int, int], kind: EventKind
) -> TriggerForm:
    """Return the form of a trigger; the cues ``first`` to ``before`` stand before it."""
    if kind.is_noun:
        return TriggerForm("noun", before)
    start, end = span
    words = cues.plain[start:end].lower().split()
    head = words[0].rpartition("-")[2] if words else ""
    chain = _chain(cues, first, before, start)
    auxiliaries, auxiliary = (
        _distant_auxiliaries(cues, first, before, start) if chain == before else (0, -1)
    )
    if (
        kind.is_noun is None
        and chain == before
        and not auxiliaries
        and _is_noun(cues, start, end, head)
    ):
        return TriggerForm("noun", before)
    if chain < before or auxiliaries:
        is_progressive = head.endswith("ing")
        return TriggerForm("chained", chain, auxiliaries, auxiliary, is_progressive)
    if head.endswith("ing"):
        return TriggerForm("ing", before)
    return TriggerForm("finite" if _is_past(head, cues.language) else "present", before)


def _distant_auxiliaries(cues: CueScan, first: int, before: int, start: int) -> tuple[int, int]:
    """Return the classes of auxiliaries that no chain includes, and their cue; 0 and -1 if none.

    They are in a cue that reaches into the trigger ("could be lifted"), or far before a participle
    at the end of a German clause ("hat in der Nacht die Ukraine angegriffen").
    """
    if before < len(cues.starts) and cues.starts[before] < start:
        words = cues.plain[cues.starts[before] : start].lower().split()
        auxiliaries = bits_of(_AUXILIARIES[word] for word in words if word in _AUXILIARIES)
        return (auxiliaries, before) if auxiliaries else (0, -1)
    if cues.language != "de" or not cues.plain[start].islower():
        return 0, -1
    for index in range(before - 1, first - 1, -1):
        if auxiliaries := cues.bits[index] & _BRACKET:
            return auxiliaries, index
        if cues.bits[index] & _CLAUSE_ENDS:
            break
    return 0, -1


def _is_past(head: str, language: str) -> bool:
    if endings := _PAST_ENDINGS.get(language):
        return head.endswith(endings)
    return head.endswith("ed") or head in _IRREGULAR


def _is_noun(cues: CueScan, start: int, end: int, head: str) -> bool:
    """Guess a noun from its form and the word before it."""
    if cues.language == "de":
        return cues.plain[start].isupper()
    if _is_past(head, cues.language) and head not in _NOUNS_TOO:
        return False
    plain = cues.plain[max(0, start - _REACH) : start].lower()
    before = plain.split()[-1] if plain.endswith(" ") and not plain.isspace() else ""
    if before in _BEFORE_NOUNS or before.endswith(_BEFORE_NOUNS_ENDINGS):
        return before != "of" or not head.endswith("ing")
    if is_noun_here(cues.plain, start, end) is False:
        return False
    if head.endswith(_NOUN_ENDINGS):
        return True
    return cues.field != "headline" and not head.endswith("ing")


def _chain(cues: CueScan, first: int, before: int, start: int) -> int:
    """Return the number of the first cue of the auxiliaries right before a verb."""
    position, chain = start, before
    for index in range(before - 1, first - 1, -1):
        words = cues.plain[cues.ends[index] : position].split()
        if words and not (len(words) < 3 and all(map(_ADVERB.fullmatch, words))):
            break
        if not cues.bits[index] & _GRAMMAR and not _ADVERB.fullmatch(cues.words(index).lower()):
            break
        position, chain = cues.starts[index], index
    return chain
