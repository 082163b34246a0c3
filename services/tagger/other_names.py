"""Whether a country's or capital's name is part of another name: Jordan Peele, Michael Jordan, the Korea Times, Air China, a turkey farm."""

import re
from typing import Final

from services.tagger.find import Found, Kind
from services.tagger.gazetteer import Gazetteer
from services.tagger.scan import Scan, Word
from services.tagger.surnames import capitals_are_no_help

_NOUNS: Final = frozenset({Kind.COUNTRY, Kind.SHORT, Kind.METONYM})
_CALLED: Final = re.compile(r"\b(?:town|village|city|county|street|ship|dog|cat|horse|band|hamlet|suburb) (?:called|named|of) (?:the )?\Z")
_CALLS: Final = ("called ", "named ", "of ", "the ")
_POSSESSIVES: Final = ("'s", "’s")
_REACH: Final = 30
_INITIAL_LENGTH: Final = 2
_BEFORE_A_SENTENCE: Final = frozenset(".!?:;\n\"“”'‘’—–")


def is_part_of_another(scan: Scan, found: Found, gazetteer: Gazetteer) -> bool:
    """Whether an unknown name stands beside a name of one word; in a title-case or all-capital line nobody can say, so it is not."""
    if found.names[0].kind not in _NOUNS:
        return False
    after, before = scan.capital_after(found.end), scan.capital_before(found.start)
    called = scan.text.plain.endswith(_CALLS, 0, found.start)
    if scan.text.plain[found.end : found.end + 1] == "," and scan.text.plain.startswith(gazetteer.states, found.end):  # Peru, Indiana
        return True
    if after is None and before is None and not called:
        return False
    surface = scan.text.plain[found.start : found.end]
    if " " in surface or not surface[1:].islower() or capitals_are_no_help(scan, found):
        return False
    if called and _CALLED.search(scan.text.plain, max(0, found.start - _REACH), found.start):
        return True
    if after is not None and _is_unknown(scan, after, gazetteer.after_countries):
        return True
    if before is None or not _is_unknown(scan, before, gazetteer.before_countries):
        return False
    return surface.lower() in gazetteer.country_first_names or not _starts_a_sentence(scan, before)


def _is_unknown(scan: Scan, word: Word, allowed: frozenset[str]) -> bool:
    if word.text.endswith(".") and len(word.text) > _INITIAL_LENGTH:
        return False
    plain = word.text.rstrip(".")
    return not plain.endswith(_POSSESSIVES) and plain.lower() not in allowed and scan.listed.is_free(word.start, word.end)


def _starts_a_sentence(scan: Scan, word: Word) -> bool:
    before = scan.text.plain[max(0, word.start - 2) : word.start].rstrip(" ")
    return not before or before[-1] in _BEFORE_A_SENTENCE
