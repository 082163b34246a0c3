"""Whether a word beside a name makes a longer name of the two: Ronald Reagan Airport, American Airlines, the Bank of China, a French bulldog.

other_names.py and surnames.py ask whether an unknown name stands there. These words are known, so they also hold beside full names, demonyms
and names of several words.
"""

import re
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.scan.candidate_spans import FieldScan, SpanLike

_CAPITALS: Final = re.compile(r"(?: [A-Z][\w\u2019'-]*){1,4}")
_WORD: Final = re.compile(r"[A-Z][\w-]*")
_SMALL: Final = re.compile(r"[ -]([a-z]+)\b")
_OF: Final = re.compile(r"(?:(?P<public>\w+) )?(?P<head>[A-Z]\w+) of (?:the )?\Z")
_OPENS: Final = (" the ", "The ", " a ", "A ", " an ", "An ", " “", ' "', " ‘", " '")
_FOR: Final = " for "
_BANK: Final = "bank"
_PUBLIC: Final = frozenset({"central", "reserve", "national", "federal", "state"})
"""A bank that is the state's own: the Central Bank of Iran, the Russian Central Bank."""
_REACH: Final = 40


def has_head_noun(scan: FieldScan, place: SpanLike, gazetteer: Gazetteer) -> bool:
    """Whether a head of other names follows within four capitals, before any title or listed name: Canadian Imperial Bank, Trump Tower.

    Not where the head is of a body of the state: the U.S. Forest Service, the Chinese Center for Disease Control.
    """
    plain = scan.text.plain
    run = (
        _CAPITALS.match(plain, place.end)
        if plain[place.end + 1 : place.end + 2].isupper()
        else None
    )
    before, headed = "", False
    for word in _WORD.finditer(plain, run.start(), run.end()) if run else ():
        said = word[0].lower()
        if headed:
            return said not in gazetteer.bodies_of_state
        headed = _is_head(said, before, gazetteer.heads_of_names)
        if not headed and (
            said in gazetteer.capitals_after or not scan.listed.is_free(word.start(), word.end())
        ):
            return False
        before = said
    return headed and run is not None and not plain.startswith(_FOR, run.end())


def is_named_thing(scan: FieldScan, place: SpanLike, gazetteer: Gazetteer) -> bool:
    """Whether an article, a people's name and unknown capitals are the name of a thing: the Irish Sea, the Italian Job; not the German Parliament."""
    plain = scan.text.plain
    run = _CAPITALS.match(plain, place.end) if plain.endswith(_OPENS, 0, place.start) else None
    words = list(_WORD.finditer(plain, run.start(), run.end())) if run else []
    if not words or words[0][0].lower() in gazetteer.first_names:
        return False
    known = gazetteer.bodies_of_state | gazetteer.capitals_after
    return all(
        word[0][1:].islower()
        and word[0].lower() not in known
        and scan.listed.is_free(word.start(), word.end())
        for word in words
    )


def is_end_of_body_name(scan: FieldScan, start: int, gazetteer: Gazetteer) -> bool:
    """Whether the name that starts there ends another one with "of": the Royal Bank of Canada, the Times of India."""
    if not scan.text.plain.endswith((" of ", " of the "), 0, start):
        return False
    found = _OF.search(scan.text.plain, max(0, start - _REACH), start)
    return found is not None and _is_head(
        found["head"].lower(), (found["public"] or "").lower(), gazetteer.heads_with_of
    )


def is_kind_of_thing(scan: FieldScan, end: int, gazetteer: Gazetteer) -> bool:
    """Whether the noun after a people's name that ends there is only called after it: a French bulldog."""
    after = _SMALL.match(scan.text.plain, end)
    return after is not None and after[1] in gazetteer.kinds_of_things


def is_ship_name(scan: FieldScan, start: int) -> bool:
    """Whether the name that starts there is a ship's: the USS Ronald Reagan, the carrier Reagan."""
    return start - 1 in scan.ship_ends


def _is_head(word: str, before: str, heads: frozenset[str]) -> bool:
    return word in heads and not (word == _BANK and before in _PUBLIC)
