"""Where a surname stands as a name of its own: with a capital, outside other names, and not beside an unknown first or last name."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import AdjacentWord, FieldScan, Mask, SpanLike

_INITIAL_LENGTH: Final = 3
_MONTHS: Final = frozenset({"march", "april", "may", "june", "august"})
_BEFORE_A_MONTH: Final = frozenset(
    {
        "in",
        "last",
        "next",
        "early",
        "late",
        "mid",
        "since",
        "until",
        "till",
        "during",
        "through",
        "by",
        "this",
        "every",
    }
)
_AFTER_A_MONTH: Final = re.compile(r",? (?:\d|and June|or June|to June|through)")
_PLACE_OF: Final = re.compile(
    r"\b(?:town|village|city|county|borough|suburb|port|district|university|battle|bank|born) (?:of|in) $",
    re.IGNORECASE,
)
_PLACE_IN: Final = re.compile(r"\b(?:in|near|outside|around) $", re.IGNORECASE)
_ARTICLES: Final = frozenset(
    {
        "the",
        "a",
        "an",
        "full",
        "new",
        "half",
        "blue",
        "red",
        "each",
        "every",
        "no",
        "any",
        "these",
        "those",
        "several",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
    }
)
_WHAT_IT_IS_OF: Final = (" for ", " of ")
"""Hunt for the boy goes on; Price of oil rises."""
_BEFORE_A_SENTENCE: Final = frozenset(".!?:;\n\"“”'‘’—–")
_BLANKS: Final = frozenset(" \u00a0")
_JOINED: Final = re.compile(r"[-\u2010-\u2013][A-Z]")
_OF_REGION: Final = re.compile(r", [A-Z][a-z]+(?: [A-Z][a-z]+)?[,.]")
_APOSTROPHES: Final = frozenset("'’")
_REACH: Final = 30


def find_surname_spans(
    scan: FieldScan, taken_by: Iterable[SpanLike], sought: frozenset[str], gazetteer: Gazetteer
) -> Iterator[CandidateSpan]:
    """The places of surnames, outside the names ``taken_by``; words that are a ``sought`` surname are no unknown first name."""
    found = scan.of(NameKind.SURNAME)
    if not found:
        return
    taken = Mask(len(scan.text.plain), [*taken_by, *scan.of(NameKind.DECOY, NameKind.ORGANISATION)])
    first_names = frozenset(place.start for place in found if place.names[0].owner in sought)
    for place in longest_spans(found):
        if not taken.is_free(place.start, place.end) or is_common_word(scan, place, gazetteer):
            continue
        if not is_part_of_unknown_name(
            scan, place, first_names, gazetteer
        ) or is_case_uninformative(scan, place):
            yield place


def is_case_uninformative(scan: FieldScan, place: SpanLike) -> bool:
    """Whether every word around is written with a capital."""
    return scan.capitals_mean_nothing or scan.text.lines.is_upper(place.start)


def is_sentence_start(plain: str, start: int) -> bool:
    """Whether nothing stands before the place, or what ends a sentence or opens a quotation."""
    before = plain[max(0, start - 2) : start].rstrip(" ")
    return not before or before[-1] in _BEFORE_A_SENTENCE


def is_part_of_unknown_name(
    scan: FieldScan, place: SpanLike, known: frozenset[int], gazetteer: Gazetteer
) -> bool:
    """Whether an unknown name stands beside the place: Andy Kim, Trump Tower. A hyphen joins two people: the Trump-Kim summit.

    ``known``: where words start that are somebody's name, though no listed one.
    """
    if scan.text.plain.find("&", max(0, place.start - 2), place.end + 2) >= 0 and _is_a_firms(
        scan, place, known
    ):
        return True
    after = scan.capital_after(place.end)
    if after is not None and _is_unknown(after, place, scan, known, gazetteer.capitals_after):
        return True
    before = scan.capital_before(place.start)
    if before is None or not _is_unknown(before, place, scan, known, gazetteer.beside_surnames):
        return False
    return not _JOINED.match(scan.text.plain, place.end)


def is_allowed_beside(word: str, allowed: frozenset[str], name: str) -> bool:
    """Whether a capital word beside a name is one of those that are no part of it; AS Monaco's is not As, SECRETARY POMPEO's is Secretary."""
    return word.lower() in allowed and not (len(word) > 1 and word.isupper() and not name.isupper())


def is_town_name(plain: str, start: int) -> bool:
    """Whether the words before make the name that starts there a town's or university's: the town of Bolton."""
    return (
        plain.endswith((" of ", " in "), 0, start)
        and _PLACE_OF.search(plain, max(0, start - _REACH), start) is not None
    )


def is_common_word(scan: FieldScan, place: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Whether the surname is a month, a town or another word here: in May, the town of Bolton, the Moon."""
    surname, plain = place.names[0].owner, scan.text.plain
    before = plain[max(0, place.start - _REACH) : place.start]
    if is_town_name(plain, place.start):
        return True
    if surname in _MONTHS and _is_a_month(scan, place):
        return True
    if surname in gazetteer.place_surnames and _is_a_town(plain, place, before):
        return True
    if surname not in gazetteer.word_surnames:
        return False
    return _is_after_an_article(scan, place, gazetteer) or (
        plain.startswith(_WHAT_IT_IS_OF, place.end) and is_sentence_start(plain, place.start)
    )


def _is_a_firms(scan: FieldScan, place: SpanLike, known: frozenset[int]) -> bool:
    """Whether & joins the name with itself or with an unknown one: Johnson & Johnson, Ernst & Young."""
    plain = scan.text.plain
    for other in (scan.word_before(place.start - 2), scan.word_after(place.end + 2)):
        if other and (
            other.text == plain[place.start : place.end]
            or _is_unknown(other, place, scan, known, frozenset())
        ):
            return True
    return False


def _is_a_town(plain: str, place: CandidateSpan, before: str) -> bool:
    """Whether a surname that is also a town stands as one: in Bolton; Bolton, Lancashire."""
    return bool(
        _PLACE_IN.search(before) and plain[place.end : place.end + 1] not in _APOSTROPHES
    ) or bool(_OF_REGION.match(plain, place.end))


def _is_a_month(scan: FieldScan, place: CandidateSpan) -> bool:
    before = scan.word_before(place.start)
    return (
        before is not None and (before.text.lower() in _BEFORE_A_MONTH or before.text.isdecimal())
    ) or bool(
        _AFTER_A_MONTH.match(scan.text.plain, place.end)
        or scan.text.plain[max(0, place.start - 2) : place.start - 1].isdecimal()
    )


def _is_after_an_article(scan: FieldScan, place: CandidateSpan, gazetteer: Gazetteer) -> bool:
    before, after = scan.word_before(place.start), scan.word_after(place.end)
    if before is None or before.text.lower() not in _ARTICLES:
        return False
    joined = (
        after is not None and scan.text.plain[place.end] not in _BLANKS and after.text[0].isupper()
    )
    return not joined and (after is None or after.text.lower() not in gazetteer.after_surnames)


def _is_unknown(
    word: AdjacentWord,
    place: SpanLike,
    scan: FieldScan,
    known: frozenset[int],
    allowed: frozenset[str],
) -> bool:
    text = word.text
    if text.endswith(".") and len(text) > _INITIAL_LENGTH:
        return False
    name = scan.text.plain[place.start : place.end]
    return (
        not is_allowed_beside(text.rstrip("."), allowed, name)
        and word.start not in known
        and scan.listed.is_free(word.start, word.end)
    )
