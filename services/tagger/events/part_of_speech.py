"""Tell a noun from a verb by the words beside it, where the form does not (visits, attack)."""

import re
from typing import Final

_REACH: Final = 30
_NEXT_WORD: Final = re.compile(r"[ \u00a0-](?P<word>[\w'’]+)")
_DETERMINER_WORDS: Final = "a an the these those his her its their our your my"
_NOUN_WORDS: Final = """
this no any some each every another second third fourth fifth sixth first latest recent new next
last more further fresh previous of in after before during for with by from on over about despite
following amid between since into against under without toward towards until through via per at
military nuclear major possible planned joint direct high-level formal official secret surprise
several many two three four five six
"""
_VERB_WORDS: Final = """
to will would can could may might must shall should did does do not never they we i you who he she
cannot n't let help helped make both also again then
"""
_VERB_AFTER_WORDS: Final = "the a an its his her their him them it us your my our"
_NOUN_AFTER_WORDS: Final = """
of by against between is are was were has have had will would could that which who may might on over
came comes took takes
"""
_DETERMINERS: Final = frozenset(_DETERMINER_WORDS.split())
_NOUN_BEFORE: Final = frozenset((_DETERMINER_WORDS + _NOUN_WORDS).split())
_VERB_BEFORE: Final = frozenset(_VERB_WORDS.split())
_VERB_AFTER: Final = frozenset(_VERB_AFTER_WORDS.split())
_NOUN_AFTER: Final = frozenset(_NOUN_AFTER_WORDS.split())
_BE: Final = frozenset({"is", "are", "was", "were", "be", "been", "being", "am"})
_AFTER_PARTICIPLE: Final = frozenset({"by", "in", "on", "at", "to", "with", "for", "from", "and"})


def is_noun_here(plain: str, start: int, end: int) -> bool | None:
    """Return whether the word of that span is a noun; None if its neighbours do not tell."""
    word = _word_before(plain, start)
    if word in _NOUN_BEFORE or word.endswith(("'s", "’s", "s'", "s’")):
        return True
    if word in _VERB_BEFORE or word.endswith(("n't", "n’t")):
        return False
    following = _NEXT_WORD.match(plain, end)
    after = following["word"].lower() if following else ""
    if after in _VERB_AFTER or (plain[end - 3 : end] == "ing" and word in _BE):
        return False
    return True if after in _NOUN_AFTER else None


def is_noun_modifier(plain: str, start: int, end: int) -> bool:
    """Return whether a participle describes a noun: the detained journalists."""
    if _word_before(plain, start) not in _DETERMINERS:
        return False
    following = _NEXT_WORD.match(plain, end)
    return following is not None and following["word"].lower() not in _AFTER_PARTICIPLE


def _word_before(plain: str, start: int) -> str:
    """Return the word before ``start`` in small letters, with a comma after it if there is one."""
    words = plain[max(0, start - _REACH) : start].rsplit(None, 1)
    return words[-1].lower().lstrip('"“‘(') if words else ""
