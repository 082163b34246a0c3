"""Whether a word beside a name makes a longer name of the two.

Examples: Ronald Reagan Airport, American Airlines, the Bank of China, a French bulldog.
embedded_country_names.py and people/surname_spans.py ask whether an unknown name is beside a name.
The words here are known, so these checks also work beside full names, demonyms and names of
several words.
"""

import re
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.scan.candidate_spans import FieldScan, SpanLike

_CAPITALS: Final = re.compile(r"(?: [A-Z][\w\u2019'-]*){1,4}")
_WORD: Final = re.compile(r"[A-Z][\w-]*")
_SMALL: Final = re.compile(r"[ -]([a-z]+)\b")
_OF: Final = re.compile(r"(?:(?P<public>\w+) )?(?P<head>[A-Z]\w+) of (?:the )?\Z")
_ARTICLES_AND_QUOTES: Final = (
    " the ", "The ", " a ", "A ", " an ", "An ", " “", ' "', " ‘", " '",
)  # fmt: skip
_FOR: Final = " for "
_BANK: Final = "bank"
_PUBLIC: Final = frozenset({"central", "reserve", "national", "federal", "state"})
"""What makes a bank the state's own: the Central Bank of Iran, the Russian Central Bank."""
_REACH: Final = 40


def has_head_noun(scan: FieldScan, span: SpanLike, gazetteer: Gazetteer) -> bool:
    """Return whether a head noun of other names follows: Canadian Imperial Bank, Trump Tower.

    The head noun must be within four capitalised words, before any title or listed name. A state
    body's head noun does not count: the U.S. Forest Service, the Chinese Center for Disease
    Control.
    """
    plain = scan.text.plain
    run = _CAPITALS.match(plain, span.end) if plain[span.end + 1 : span.end + 2].isupper() else None
    before, has_head = "", False
    for match in _WORD.finditer(plain, run.start(), run.end()) if run else ():
        word = match[0].lower()
        if has_head:
            return word not in gazetteer.bodies_of_state
        has_head = _is_head(word, before, gazetteer.heads_of_names)
        if not has_head and (
            word in gazetteer.capitals_after
            or not scan.name_mask.is_free(match.start(), match.end())
        ):
            return False
        before = word
    return has_head and run is not None and not plain.startswith(_FOR, run.end())


def is_named_thing(scan: FieldScan, span: SpanLike, gazetteer: Gazetteer) -> bool:
    """Return whether article, demonym and unknown capitals name a thing: the Irish Sea.

    Also the Italian Job; not the German Parliament.
    """
    plain = scan.text.plain
    is_introduced = plain.endswith(_ARTICLES_AND_QUOTES, 0, span.start)
    run = _CAPITALS.match(plain, span.end) if is_introduced else None
    words = list(_WORD.finditer(plain, run.start(), run.end())) if run else []
    if not words or words[0][0].lower() in gazetteer.first_names:
        return False
    listed = gazetteer.bodies_of_state | gazetteer.capitals_after
    return all(
        word[0][1:].islower()
        and word[0].lower() not in listed
        and scan.name_mask.is_free(word.start(), word.end())
        for word in words
    )


def is_end_of_body_name(scan: FieldScan, start: int, gazetteer: Gazetteer) -> bool:
    """Return whether the name at ``start`` ends another one: Royal Bank of Canada, Times of India.

    The head noun before "of" must be listed.
    """
    if not scan.text.plain.endswith((" of ", " of the "), 0, start):
        return False
    match = _OF.search(scan.text.plain, max(0, start - _REACH), start)
    return match is not None and _is_head(
        match["head"].lower(), (match["public"] or "").lower(), gazetteer.heads_with_of
    )


def is_kind_of_thing(scan: FieldScan, end: int, gazetteer: Gazetteer) -> bool:
    """Return whether the noun after the demonym ending at ``end`` is a thing: a French bulldog."""
    after = _SMALL.match(scan.text.plain, end)
    return after is not None and after[1] in gazetteer.kinds_of_things


def is_ship_name(scan: FieldScan, start: int) -> bool:
    """Return whether the name at ``start`` is a ship's: the USS Ronald Reagan."""
    return start - 1 in scan.ship_ends


def _is_head(word: str, before: str, heads: frozenset[str]) -> bool:
    return word in heads and not (word == _BANK and before in _PUBLIC)
