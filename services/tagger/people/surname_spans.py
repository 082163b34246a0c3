"""Find surnames that are names of their own.

They have a capital, are outside other names, and not beside an unknown first or last name.
"""

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
        "in", "last", "next", "early", "late", "mid", "since", "until", "till", "during",
        "through", "by", "this", "every",
    }
)  # fmt: skip
_AFTER_A_MONTH: Final = re.compile(r",? (?:\d|and June|or June|to June|through)")
_PLACE_OF: Final = re.compile(
    r"\b(?:town|village|city|county|borough|suburb|port|district|university|battle|bank|born)"
    r" (?:of|in) $",
    re.IGNORECASE,
)
_PLACE_IN: Final = re.compile(r"\b(?:in|near|outside|around) $", re.IGNORECASE)
_ARTICLES: Final = frozenset(
    {
        "the", "a", "an", "full", "new", "half", "blue", "red", "each", "every", "no", "any",
        "these", "those", "several", "two", "three", "four", "five", "six", "seven", "eight",
        "nine", "ten",
    }
)  # fmt: skip
_NOUN_COMPLEMENTS: Final = (" for ", " of ")
"""After a common noun at the start of a sentence: Hunt for the boy goes on; Price of oil rises."""
_BEFORE_A_SENTENCE: Final = frozenset(".!?:;\n\"“”'‘’—–")
_BLANKS: Final = frozenset(" \u00a0")
_JOINED: Final = re.compile(r"[-\u2010-\u2013][A-Z]")
_OF_REGION: Final = re.compile(r", [A-Z][a-z]+(?: [A-Z][a-z]+)?[,.]")
_APOSTROPHES: Final = frozenset("'’")
_REACH: Final = 30


def find_surname_spans(
    scan: FieldScan,
    full_names: Iterable[SpanLike],
    named_surnames: frozenset[str],
    resolvable: frozenset[str],
    gazetteer: Gazetteer,
) -> Iterator[CandidateSpan]:
    """Yield the spans of surnames outside ``full_names`` that may be resolved.

    ``named_surnames`` are those of people whom the article names in full; beside another surname
    such a word is not taken for an unknown first name. ``resolvable`` are those by which the
    article may name somebody.
    """
    spans = scan.spans(NameKind.SURNAME)
    if resolvable.isdisjoint([span.names[0].owner for span in spans]):
        return
    candidates = [span for span in longest_spans(spans) if span.names[0].owner in resolvable]
    excluded = [*full_names, *scan.spans(NameKind.STOP_NAME, NameKind.ORGANISATION)]
    mask = Mask(len(scan.text.plain), excluded)
    name_starts = frozenset(span.start for span in spans if span.names[0].owner in named_surnames)
    for span in candidates:
        if not mask.is_free(span.start, span.end) or is_common_word(scan, span, gazetteer):
            continue
        if not is_part_of_unknown_name(scan, span, name_starts, gazetteer) or is_case_uninformative(
            scan, span
        ):
            yield span


def is_case_uninformative(scan: FieldScan, span: SpanLike) -> bool:
    """Return whether every word of the headline or line has a capital, or is all capitals."""
    if scan.is_case_uninformative:
        return True
    surface = scan.text.plain[span.start : span.end]
    return surface == surface.upper() and scan.text.lines.is_upper(span.start)


def is_sentence_start(plain: str, start: int) -> bool:
    """Return whether a sentence, clause or quotation begins at ``start``."""
    before = plain[max(0, start - 2) : start].rstrip(" ")
    return not before or before[-1] in _BEFORE_A_SENTENCE


def is_part_of_unknown_name(
    scan: FieldScan, span: SpanLike, name_starts: frozenset[int], gazetteer: Gazetteer
) -> bool:
    """Return whether an unknown name is beside the span: Andy Kim, Trump Tower.

    A hyphen joins two people: the Trump-Kim summit. ``name_starts``: where words begin that are
    somebody's name though they are not listed.
    """
    has_ampersand = scan.text.plain.find("&", max(0, span.start - 2), span.end + 2) >= 0
    if has_ampersand and _is_company_name(scan, span, name_starts):
        return True
    after = scan.capital_after(span.end)
    if after is not None and _is_unknown(after, span, scan, name_starts, gazetteer.capitals_after):
        return True
    before = scan.capital_before(span.start)
    if before is None or not _is_unknown(
        before, span, scan, name_starts, gazetteer.beside_surnames
    ):
        return False
    return not _JOINED.match(scan.text.plain, span.end)


def is_allowed_beside(word: str, allowed: frozenset[str], name: str) -> bool:
    """Return whether a capitalised word beside a name is in ``allowed`` and no part of the name.

    The AS of AS Monaco is not As, but the SECRETARY of SECRETARY POMPEO is Secretary.
    """
    return word.lower() in allowed and not (len(word) > 1 and word.isupper() and not name.isupper())


def is_town_name(plain: str, start: int) -> bool:
    """Return whether the words before make it a town's or university's: the town of Bolton."""
    return (
        plain.endswith((" of ", " in "), 0, start)
        and _PLACE_OF.search(plain, max(0, start - _REACH), start) is not None
    )


def is_common_word(scan: FieldScan, span: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Return whether the surname is a month, a town or another word here: in May, the Moon."""
    surname, plain = span.names[0].owner, scan.text.plain
    before = plain[max(0, span.start - _REACH) : span.start]
    if is_town_name(plain, span.start):
        return True
    if surname in _MONTHS and _is_month(scan, span):
        return True
    if surname in gazetteer.place_surnames and _is_town(plain, span, before):
        return True
    if surname not in gazetteer.word_surnames:
        return False
    return _is_after_article(scan, span, gazetteer) or (
        plain.startswith(_NOUN_COMPLEMENTS, span.end) and is_sentence_start(plain, span.start)
    )


def _is_company_name(scan: FieldScan, span: SpanLike, name_starts: frozenset[int]) -> bool:
    """Return whether & joins the name to itself or to an unknown one.

    Examples: Johnson & Johnson, Ernst & Young.
    """
    plain = scan.text.plain
    for word in (scan.word_before(span.start - 2), scan.word_after(span.end + 2)):
        if word and (
            word.text == plain[span.start : span.end]
            or _is_unknown(word, span, scan, name_starts, frozenset())
        ):
            return True
    return False


def _is_town(plain: str, span: CandidateSpan, before: str) -> bool:
    """Return whether a surname that is also a town is one here: in Bolton; Bolton, Lancashire."""
    return bool(
        _PLACE_IN.search(before) and plain[span.end : span.end + 1] not in _APOSTROPHES
    ) or bool(_OF_REGION.match(plain, span.end))


def _is_month(scan: FieldScan, span: CandidateSpan) -> bool:
    plain, before = scan.text.plain, scan.word_before(span.start)
    if before is not None and (before.text.lower() in _BEFORE_A_MONTH or before.text.isdecimal()):
        return True
    return bool(
        _AFTER_A_MONTH.match(plain, span.end)
        or plain[max(0, span.start - 2) : span.start - 1].isdecimal()
    )


def _is_after_article(scan: FieldScan, span: CandidateSpan, gazetteer: Gazetteer) -> bool:
    before, after = scan.word_before(span.start), scan.word_after(span.end)
    if before is None or before.text.lower() not in _ARTICLES:
        return False
    if after is None:
        return True
    is_joined = scan.text.plain[span.end] not in _BLANKS and after.text[0].isupper()
    return not is_joined and after.text.lower() not in gazetteer.after_surnames


def _is_unknown(
    word: AdjacentWord,
    span: SpanLike,
    scan: FieldScan,
    name_starts: frozenset[int],
    allowed: frozenset[str],
) -> bool:
    """Return whether a word beside the span may be an unknown name."""
    if word.text.endswith(".") and len(word.text) > _INITIAL_LENGTH:
        return False
    name = scan.text.plain[span.start : span.end]
    return (
        not is_allowed_beside(word.text.rstrip("."), allowed, name)
        and word.start not in name_starts
        and scan.name_mask.is_free(word.start, word.end)
    )
