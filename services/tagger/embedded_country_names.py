"""Whether a country's or capital's name is part of another name: Jordan Peele, Michael Jordan, the Korea Times, Air China, a turkey farm.

In a line in title case or all capitals nobody can say, so there it is not.
"""

import re
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.people.surname_spans import (
    is_allowed_beside,
    is_case_uninformative,
    is_sentence_start,
)
from services.tagger.scan.automaton import CandidateSpan, NameKind
from services.tagger.scan.candidate_spans import AdjacentWord, FieldScan
from services.tagger.scan.compound_names import (
    has_head_noun,
    is_end_of_body_name,
    is_kind_of_thing,
    is_named_thing,
)

_NOUNS: Final = frozenset({NameKind.COUNTRY, NameKind.SHORT, NameKind.METONYM})
_CALLED: Final = re.compile(
    r"\b(?:town|village|city|county|street|ship|dog|cat|horse|band|hamlet|suburb) (?:called|named|of) (?:the )?\Z"
)
_OFFICE_THERE: Final = re.compile(
    r"\b(?:ambassador|envoy|president|minister|leader|king|queen|premier|chancellor|representative|consul|delegate|emissary)s? (?:to|of|for)"
    r" (?:the )?\Z",
    re.IGNORECASE,
)
"""The holder's name may follow the country: ambassador to Ukraine Marie Smith."""
_CALLS: Final = ("called ", "named ", "of ", "the ")
_POSSESSIVES: Final = ("'s", "’s")
_REACH: Final = 30
_INITIAL_LENGTH: Final = 2


def is_part_of_other_name(scan: FieldScan, found: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Whether the words around make the country's name part of another one."""
    plain = scan.text.plain
    if found.names[0].kind is NameKind.GROUP:
        return False
    if (
        plain[found.end : found.end + 1] == ","
        and found.names[0].kind in _NOUNS
        and is_followed_by_state(plain, found.end, gazetteer.states)
    ):
        return True
    if found.names[0].kind is NameKind.DEMONYM and is_kind_of_thing(scan, found.end, gazetteer):
        return True
    after, before = scan.capital_after(found.end), scan.capital_before(found.start)
    called = plain.endswith(_CALLS, 0, found.start)
    if (after is None and before is None and not called) or is_case_uninformative(scan, found):
        return False
    if called and is_end_of_body_name(scan, found.start, gazetteer):
        return True
    if (
        after is not None
        and not _is_in_letters(plain, found)
        and _makes_a_longer_name(scan, found, gazetteer)
    ):
        return True
    return _is_one_noun(plain, found) and _stands_with_another(
        scan, found, after, before, gazetteer
    )


def is_followed_by_state(plain: str, end: int, states: tuple[str, ...]) -> bool:
    """Whether a state follows the town whose name ends there: Peru, Indiana; Lebanon, Pa."""
    if not plain.startswith(states, end):
        return False
    return any(
        plain.startswith(state, end)
        and not plain[end + len(state) : end + len(state) + 1].isalpha()
        for state in states
    )


def is_ambiguous_elsewhere(scan: FieldScan, part: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Whether the word alone may mean that other name in the rest of the article: Jordan after Michael Jordan, not China after Air China."""
    plain = scan.text.plain
    if is_followed_by_state(plain, part.end, gazetteer.states) or _CALLED.search(
        plain, max(0, part.start - _REACH), part.start
    ):
        return True
    is_a_bodys = has_head_noun(scan, part, gazetteer) or is_end_of_body_name(
        scan, part.start, gazetteer
    )
    return not is_a_bodys and plain[part.start : part.end].lower() in gazetteer.country_first_names


def _makes_a_longer_name(scan: FieldScan, found: CandidateSpan, gazetteer: Gazetteer) -> bool:
    return has_head_noun(scan, found, gazetteer) or (
        found.names[0].kind is NameKind.DEMONYM and is_named_thing(scan, found, gazetteer)
    )


def _is_in_letters(plain: str, found: CandidateSpan) -> bool:
    """U.S. and the like: what is called U.S. Center is mostly the state's."""
    return not any(character.islower() for character in plain[found.start : found.end])


def _is_one_noun(plain: str, found: CandidateSpan) -> bool:
    surface = plain[found.start : found.end]
    return found.names[0].kind in _NOUNS and " " not in surface and surface[1:].islower()


def _stands_with_another(
    scan: FieldScan,
    found: CandidateSpan,
    after: AdjacentWord | None,
    before: AdjacentWord | None,
    gazetteer: Gazetteer,
) -> bool:
    """Whether an unknown name stands directly beside the one word."""
    around = scan.text.plain[max(0, found.start - _REACH) : found.start]
    if _CALLED.search(around):
        return True
    if (
        after is not None
        and _is_unknown(scan, after, gazetteer.after_countries)
        and not _OFFICE_THERE.search(around)
    ):
        return True
    if before is None or not _is_unknown(scan, before, gazetteer.before_countries):
        return False
    name = scan.text.plain[found.start : found.end].lower()
    return name in gazetteer.country_first_names or not is_sentence_start(
        scan.text.plain, before.start
    )


def _is_unknown(scan: FieldScan, word: AdjacentWord, allowed: frozenset[str]) -> bool:
    if word.text.endswith(".") and len(word.text) > _INITIAL_LENGTH:
        return False
    plain = word.text.rstrip(".")
    return (
        not plain.endswith(_POSSESSIVES)
        and not is_allowed_beside(plain, allowed, "")
        and scan.listed.is_free(word.start, word.end)
    )
