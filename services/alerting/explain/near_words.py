"""Words of the article that a term just misses: other forms and other spellings. Pure."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import takewhile
from typing import Final

from services.alerting.language.document import FIELDS, Document
from services.alerting.language.tree import LEAD_WORDS, Region, Term, Wild
from shared.text.normalise import normalise

LEAST_STEM: Final = 4
"""A shorter beginning would match too much (the language itself asks for three)."""
LONGEST_ENDING: Final = 5
_LIKENESS: Final = 0.75
"""difflib's ratio: one different letter in a word of four, two in one of eight."""


def plain(term: Term) -> Term:
    """Return the term without exact()."""
    return Term(tuple(map(normalise, term.words)), offset=term.offset)


def similar(term: Term, document: Document, region: Region) -> Iterator[Term | Wild]:
    """Yield other terms for a single word that is absent from that part of the article.

    The word as a beginning, its stem as a beginning, and the most similar word there.
    """
    (word,) = plain(term).words
    if len(word) < LEAST_STEM:
        return
    candidates = sorted(_keys(document, region) - {word})
    if any(key.startswith(word) for key in candidates):
        yield Wild(f"{word}*", offset=term.offset)
    if stem := _stem(word, candidates):
        yield Wild(f"{stem}*", offset=term.offset)
    yield from (
        Term((key,), offset=term.offset)
        for key in get_close_matches(word, candidates, n=1, cutoff=_LIKENESS)
    )


def _stem(word: str, candidates: list[str]) -> str:
    """Return the longest beginning that the word shares with another form of it.

    Both go on for five letters at most, and not for equally many.
    """
    shared = (
        _common_prefix(word, key)
        for key in candidates
        if 0 < abs(len(key) - len(word)) <= LONGEST_ENDING
    )
    longest = max(shared, key=len, default="")
    return (
        longest
        if max(LEAST_STEM, len(word) - LONGEST_ENDING) <= len(longest) < len(word)
        and longest.isalpha()
        else ""
    )


def _common_prefix(word: str, key: str) -> str:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(word, key, strict=False))
    return "".join(letter for letter, _ in pairs)


def _keys(document: Document, region: Region) -> set[str]:
    """Return the normalised words of that part of the article, those of letters and digits only."""
    place = "body" if region.place == "lead" else region.place
    end = LEAD_WORDS if region.place == "lead" else None
    return {
        key
        for field in FIELDS
        if place in (None, field)
        for key in document.field(field).keys[:end]
        if key.isalnum()
    }
