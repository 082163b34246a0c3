"""Whether a country's or capital's name is part of another name.

Examples: Jordan Peele, Michael Jordan, the Korea Times, Air China, a turkey farm. In a line in
title case or capitals this cannot be seen, so there it is not.
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
_THING_WITH_NAME: Final = re.compile(
    r"\b(?:town|village|city|county|street|ship|dog|cat|horse|band|hamlet|suburb)"
    r" (?:called|named|of) (?:the )?\Z"
)
_OFFICE_BEFORE: Final = re.compile(
    r"\b(?:ambassador|envoy|president|minister|leader|king|queen|premier|chancellor|representative"
    r"|consul|delegate|emissary)s? (?:to|of|for) (?:the )?\Z",
    re.IGNORECASE,
)
"""The holder's name may follow the country: ambassador to Ukraine Marie Smith."""
_INTRODUCTIONS: Final = ("called ", "named ", "of ", "the ")
_POSSESSIVES: Final = ("'s", "’s")
_REACH: Final = 30
_INITIAL_LENGTH: Final = 2


def is_part_of_other_name(scan: FieldScan, span: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Return whether the words around make the country's name part of another one."""
    plain = scan.text.plain
    kind = span.names[0].kind
    if kind is NameKind.GROUP:
        return False
    if (
        plain[span.end : span.end + 1] == ","
        and kind in _NOUNS
        and is_followed_by_state(plain, span.end, gazetteer.states)
    ):
        return True
    if kind is NameKind.DEMONYM and is_kind_of_thing(scan, span.end, gazetteer):
        return True
    after, before = scan.capital_after(span.end), scan.capital_before(span.start)
    is_introduced = plain.endswith(_INTRODUCTIONS, 0, span.start)
    if (after is None and before is None and not is_introduced) or is_case_uninformative(
        scan, span
    ):
        return False
    if is_introduced and is_end_of_body_name(scan, span.start, gazetteer):
        return True
    if (
        after is not None
        and not _is_abbreviation(plain, span)
        and _is_start_of_longer_name(scan, span, gazetteer)
    ):
        return True
    return _is_single_noun(plain, span) and _is_beside_unknown_name(
        scan, span, after, before, gazetteer
    )


def is_followed_by_state(plain: str, end: int, states: tuple[str, ...]) -> bool:
    """Return whether a state follows the town that ends at ``end``: Peru, Indiana; Lebanon, Pa."""
    if not plain.startswith(states, end):
        return False
    return any(
        plain.startswith(state, end)
        and not plain[end + len(state) : end + len(state) + 1].isalpha()
        for state in states
    )


def is_ambiguous_elsewhere(scan: FieldScan, part: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Return whether the word alone may refer to that other name in the rest of the article.

    Jordan after Michael Jordan may; China after Air China does not.
    """
    plain = scan.text.plain
    if is_followed_by_state(plain, part.end, gazetteer.states) or _THING_WITH_NAME.search(
        plain, max(0, part.start - _REACH), part.start
    ):
        return True
    is_in_body_name = has_head_noun(scan, part, gazetteer) or is_end_of_body_name(
        scan, part.start, gazetteer
    )
    return (
        not is_in_body_name
        and plain[part.start : part.end].lower() in gazetteer.country_first_names
    )


def _is_start_of_longer_name(scan: FieldScan, span: CandidateSpan, gazetteer: Gazetteer) -> bool:
    return has_head_noun(scan, span, gazetteer) or (
        span.names[0].kind is NameKind.DEMONYM and is_named_thing(scan, span, gazetteer)
    )


def _is_abbreviation(plain: str, span: CandidateSpan) -> bool:
    """Return whether it is U.S. or the like: what is called U.S. Center is mostly the state's."""
    return not any(character.islower() for character in plain[span.start : span.end])


def _is_single_noun(plain: str, span: CandidateSpan) -> bool:
    surface = plain[span.start : span.end]
    return span.names[0].kind in _NOUNS and " " not in surface and surface[1:].islower()


def _is_beside_unknown_name(
    scan: FieldScan,
    span: CandidateSpan,
    after: AdjacentWord | None,
    before: AdjacentWord | None,
    gazetteer: Gazetteer,
) -> bool:
    """Return whether an unknown name is directly beside the word."""
    words_before = scan.text.plain[max(0, span.start - _REACH) : span.start]
    if _THING_WITH_NAME.search(words_before):
        return True
    if (
        after is not None
        and _is_unknown(scan, after, gazetteer.after_countries)
        and not _OFFICE_BEFORE.search(words_before)
    ):
        return True
    if before is None or not _is_unknown(scan, before, gazetteer.before_countries):
        return False
    name = scan.text.plain[span.start : span.end].lower()
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
        and scan.name_mask.is_free(word.start, word.end)
    )
