"""Inflect English verbs and nouns by rule, with the irregular ones of the news listed."""

import re
from enum import StrEnum
from typing import Final


class WordForm(StrEnum):
    """A form of a verb or noun; LISTED is one of another language, given as it is."""

    BASE = "base"
    THIRD = "third person"
    PAST = "past"
    PARTICIPLE = "past participle"
    PAST_OR_PARTICIPLE = "past or past participle"
    ING = "form in -ing"
    NOUN = "noun"
    LISTED = "listed"


PARTICIPLES: Final = frozenset({WordForm.PARTICIPLE, WordForm.PAST_OR_PARTICIPLE, WordForm.LISTED})
PASTS: Final = frozenset({WordForm.PAST, WordForm.PARTICIPLE, WordForm.PAST_OR_PARTICIPLE})

_IRREGULAR: Final = """
arise arose arisen; begin began begun; blow blew blown; break broke broken; bring brought brought
build built built; cast cast cast; come came come; cut cut cut; deal dealt dealt; draw drew drawn
fall fell fallen; fight fought fought; flee fled fled; freeze froze frozen; fly flew flown
get got got; give gave given; go went gone; hit hit hit; hold held held; lay laid laid; lead led led
leave left left; let let let; make made made; meet met met; overrun overran overrun
oversee oversaw overseen; overthrow overthrew overthrown; pay paid paid; put put put; quit quit quit
say said said; seek sought sought; send sent sent; set set set; shake shook shaken; shoot shot shot
show showed shown; sink sank sunk; sit sat sat; slay slew slain; speak spoke spoken
stand stood stood; strike struck struck; swear swore sworn; take took taken; tell told told
win won won; withdraw withdrew withdrawn; write wrote written
"""
_PAST_FORMS: Final = {
    words[0]: (words[1], words[2])
    for line in _IRREGULAR.strip().splitlines()
    for words in (entry.split() for entry in line.split(";"))
    if words
}
_HAVE: Final = {"have": ("has", "had", "having")}
_SIBILANTS: Final = ("s", "x", "z", "ch", "sh")
_PREPOSITION: Final = re.compile(r" (?:of|from|to|on|with|between|against)(?: |\Z)")
_VOWELS: Final = frozenset("aeiou")
_DOUBLED_WORDS: Final = """
ban begin cut defer get hit let occur plan pun put quit refer rob run set sit slam stop swap swim
trap win wrap gun pat recur rebut scrap drop compel expel patrol lob step plot ship stir jog
"""
_DOUBLED: Final = frozenset(_DOUBLED_WORDS.split())


_EITHER_DOUBLED: Final = frozenset({"cancel", "travel", "signal", "label", "model", "total"})
"""Verbs with two spellings: cancelled, canceled."""


def verb_forms(verb: str) -> dict[str, WordForm]:
    """Return every form of a verb phrase, whose first word is inflected: called off, calls off."""
    first, blank, end = verb.partition(" ")
    head, hyphen, last = first.rpartition("-")
    forms: dict[str, WordForm] = {}
    for form, kind in _forms(last):
        forms.setdefault(f"{head}{hyphen}{form}{blank}{end}", kind)
    return forms


def noun_forms(noun: str) -> tuple[str, str]:
    """Return singular and plural of a noun phrase, whose last word takes the ending."""
    match = _PREPOSITION.search(noun)
    head = noun[: match.start()] if match else noun
    return noun, _with_s(head) + noun[len(head) :]


def _forms(verb: str) -> list[tuple[str, WordForm]]:
    if verb in _HAVE:
        third, past, ing = _HAVE[verb]
        return [
            (verb, WordForm.BASE),
            (third, WordForm.THIRD),
            (past, WordForm.PAST_OR_PARTICIPLE),
            (ing, WordForm.ING),
        ]
    past, participle = _PAST_FORMS.get(verb) or (_regular_past(verb),) * 2
    pasts = (
        [(past, WordForm.PAST_OR_PARTICIPLE)]
        if past == participle
        else [(past, WordForm.PAST), (participle, WordForm.PARTICIPLE)]
    )
    forms = [(verb, WordForm.BASE), (_with_s(verb), WordForm.THIRD), *pasts]
    if verb in _EITHER_DOUBLED:
        forms += [(f"{verb}led", WordForm.PAST_OR_PARTICIPLE), (f"{verb}ling", WordForm.ING)]
    return [*forms, (_ing(verb), WordForm.ING)]


def _with_s(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(_SIBILANTS) or word in {"go", "veto"} else f"{word}s"


def _regular_past(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return f"{verb[:-1]}ied"
    return f"{_doubled(verb)}ed"


def _ing(verb: str) -> str:
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    return f"{_doubled(verb)}ing"


def _doubled(verb: str) -> str:
    return verb + verb[-1] if verb in _DOUBLED else verb
