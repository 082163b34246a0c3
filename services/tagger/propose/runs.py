"""Runs of capitalised words that no listed name holds: what may be the name of somebody whom the data do not know.

Latin script only: a script without capitals does not show where a name begins. Text in which capitals mean nothing (a headline in title case,
a line all in capitals, a language that writes every noun with one) is passed over.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.propose.words import HONORIFICS, NO_NAMES, ROLES
from services.tagger.scan.automaton import line_of
from services.tagger.scan.candidate_spans import FieldScan, Mask

NOUNS_WITH_CAPITALS: Final = frozenset({"de", "lb"})
"""Languages (ISO 639-1) whose nouns all have a capital."""
MOST_WORDS: Final = 4
_UPPER: Final = "".join(chr(code) for code in range(ord("A"), 0x250) if chr(code).isupper())
_LETTER: Final = "A-Za-z\u00c0-\u024f"
_SHORT_TITLE: Final = "|".join(sorted(word.capitalize() for word in HONORIFICS))
_WORD: Final = (
    rf"(?:(?:[{_UPPER}]\.)+|(?:{_SHORT_TITLE})\.|[{_UPPER}](?:[{_LETTER}]|['’\-](?=[{_LETTER}]))*)"
)
_PARTICLES: Final = "al|bin|da|de|del|den|der|di|dos|el|ibn|la|le|van|von|y"
_RUN: Final = re.compile(rf"(?<![\w'’-]){_WORD}(?:[ \u00a0](?:(?:{_PARTICLES}) )*{_WORD})*")
_ONE: Final = re.compile(_WORD)
_POSSESSIVE: Final = re.compile(r"['’][sS]?\Z")


_SHORTEST_CAPITALS: Final = 4
_TITLE_CASE_WORDS: Final = 3
_TITLE_CASE_SHARE: Final = 0.8
_CLOSING: Final = "\"'”’) "
_LONG: Final = re.compile(r"[^\W\d_]{4,}")


class Run(NamedTuple):
    """A name at its place; ``title`` is what is said of its bearer before it, empty where nothing is."""

    start: int
    end: int
    name: str
    title: str


def find_runs(scan: FieldScan, taken: Mask, gazetteer: Gazetteer) -> Iterator[Run]:
    """The runs of a field, single words too, outside what is ``taken``, in order."""
    if scan.capitals_mean_nothing:
        return
    plain = scan.text.plain
    titles = gazetteer.heads.keys() | gazetteer.strangers_titles | HONORIFICS | ROLES
    line, readable = (0, 0), True
    for found in _RUN.finditer(plain):
        if not line[0] <= found.start() < line[1]:
            line, readable = _line(plain, found.start())
        if readable:
            for words in _parts(plain, found, taken):
                yield from _named(plain, words, titles, gazetteer.beside_surnames)


def _line(plain: str, place: int) -> tuple[tuple[int, int], bool]:
    """The line around a place, and whether its capitals mean anything: not in a headline in title case, nor in a line of capitals."""
    start, text = plain.rfind("\n", 0, place) + 1, line_of(plain, place)
    words = _LONG.findall(text)
    capitals = sum(word[0].isupper() for word in words)
    is_headline = (
        len(words) >= _TITLE_CASE_WORDS
        and capitals > _TITLE_CASE_SHARE * len(words)
        and not text.rstrip(_CLOSING).endswith((".", "!", "?"))
    )
    return (start, start + len(text)), not is_headline and not text.isupper()


class _Word(NamedTuple):
    start: int
    end: int
    text: str


def _parts(plain: str, run: re.Match[str], taken: Mask) -> Iterator[list[_Word]]:
    """The run cut where a listed name, a day or an acronym stands, and after a possessive."""
    part: list[_Word] = []
    for found in _ONE.finditer(plain, run.start(), run.end()):
        text = _POSSESSIVE.sub("", found[0])
        word, owns = (
            _Word(found.start(), found.start() + len(text), text),
            len(text) < len(found[0]),
        )
        if (
            text.lower() in NO_NAMES
            or (len(text) >= _SHORTEST_CAPITALS and text.isupper())
            or not taken.is_free(word.start, word.end)
        ):
            yield part
            part = []
            continue
        part.append(word)
        if owns:
            yield part
            part = []
    yield part


def _named(
    plain: str, words: list[_Word], titles: frozenset[str] | set[str], no_names: frozenset[str]
) -> Iterator[Run]:
    """The name at the end of a part, without the titles and the common words before it."""
    first, title = 0, ""
    for index, word in enumerate(words):
        bare = word.text.rstrip(".").lower()
        if bare in titles:
            first, title = index + 1, plain[words[0].start : word.end]
        elif index == first and bare in no_names and _begins(plain, words[0].start):
            first = index + 1
    named = words[first:]
    if (
        not named
        or len(named) > MOST_WORDS
        or all(len(word.text.rstrip(".")) < 2 for word in named)
    ):
        return
    start, end = named[0].start, named[-1].end
    yield Run(start, end, plain[start:end], title)


def _begins(plain: str, start: int) -> bool:
    before = plain[max(0, start - 4) : start].rstrip("\"'“‘( \u00a0")
    return not before or before[-1] in ".!?:\n—–"
