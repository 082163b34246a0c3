"""Words of the article that a term just misses: other forms of it, and other spellings. Pure."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import takewhile
from typing import Final

from services.alerting.language.document import Document
from services.alerting.language.normalise import normalise
from services.alerting.language.tree import LEAD_WORDS, Place, Term, Wild

LEAST_STEM: Final = 4
"""A shorter beginning would find too much (the language itself asks for three)."""
LONGEST_ENDING: Final = 5
_LIKENESS: Final = 0.75
"""difflib's ratio: one letter of a word of four, two of eight."""


def plain(term: Term) -> Term:
    """The term without exact()."""
    return Term(tuple(map(normalise, term.words)), offset=term.offset)


def similar(term: Term, document: Document, place: Place | None) -> Iterator[Term | Wild]:
    """For a single word that is not in that part of the article: the word as a beginning, its stem as one, and the most similar word there."""
    (word,) = plain(term).words
    if len(word) < LEAST_STEM:
        return
    there = sorted(_keys(document, place) - {word})
    if any(key.startswith(word) for key in there):
        yield Wild(f"{word}*", offset=term.offset)
    if stem := _stem(word, there):
        yield Wild(f"{stem}*", offset=term.offset)
    yield from (
        Term((key,), offset=term.offset)
        for key in get_close_matches(word, there, n=1, cutoff=_LIKENESS)
    )


def _stem(word: str, there: list[str]) -> str:
    """The longest beginning that the word shares with another form of it: both go on for five letters at most, and not for equally many."""
    shared = (
        _shared(word, key) for key in there if 0 < abs(len(key) - len(word)) <= LONGEST_ENDING
    )
    longest = max(shared, key=len, default="")
    return (
        longest
        if max(LEAST_STEM, len(word) - LONGEST_ENDING) <= len(longest) < len(word)
        and longest.isalpha()
        else ""
    )


def _shared(word: str, key: str) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(word, key, strict=False))
    return "".join(letter for letter, _ in same)


def _keys(document: Document, place: Place | None) -> set[str]:
    """The folded words of that part of the article, those of letters and digits only."""
    headline = document.headline.words if place in (None, "headline") else ()
    body = (
        ()
        if place == "headline"
        else document.body.words[:LEAD_WORDS]
        if place == "lead"
        else document.body.words
    )
    return {word.key for word in (*headline, *body) if word.key.isalnum()}
