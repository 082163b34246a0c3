"""Find runs of capitalised words outside listed names: possible names of unknown people.

Latin script only: a script without capitals does not show where a name begins. Text whose capitals
carry no information (a headline in title case, a line in capitals, a language that capitalises
every noun) is skipped.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.propose.words import HONORIFICS, NO_NAMES, ROLES
from services.tagger.scan.automaton import line_of
from services.tagger.scan.candidate_spans import FieldScan, Mask
from shared.text.apostrophes import is_ending
from shared.text.normalise import normalise

NOUNS_WITH_CAPITALS: Final = frozenset({"de", "lb"})
"""Languages (ISO 639-1) that capitalise every noun."""
MOST_WORDS: Final = 4
_UPPER: Final = "".join(chr(code) for code in range(ord("A"), 0x250) if chr(code).isupper())
_LETTER: Final = "A-Za-z\u00c0-\u024f"
_SHORT_TITLE: Final = "|".join(sorted(word.capitalize() for word in HONORIFICS))
_WORD: Final = (
    rf"(?:(?:[{_UPPER}]\.)+|(?:{_SHORT_TITLE})\.|[{_UPPER}](?:[{_LETTER}]|['’\-](?=[{_LETTER}]))*)"
)
_PARTICLES: Final = "al|bin|da|de|del|den|der|di|dos|el|ibn|la|le|van|von|y"
_RUN: Final = re.compile(rf"(?<![\w'’-]){_WORD}(?:[ \u00a0](?:(?:{_PARTICLES}) )*{_WORD})*")
_SINGLE_WORD: Final = re.compile(_WORD)
_POSSESSIVE: Final = re.compile(r"['’][sS]?\Z")
_APOSTROPHES: Final = "'’"
_SHORTEST_CAPITALS: Final = 4
_TITLE_CASE_WORDS: Final = 3
_TITLE_CASE_SHARE: Final = 0.8
_CLOSING: Final = "\"'”’) "
_LONG: Final = re.compile(r"[^\W\d_]{4,}")


class Run(NamedTuple):
    """A name and its span; ``title`` is what is before it, empty where nothing is."""

    start: int
    end: int
    name: str
    title: str


def find_runs(scan: FieldScan, listed: Mask, gazetteer: Gazetteer) -> Iterator[Run]:
    """Yield the runs of a field outside ``listed``, single words too, in order."""
    if scan.is_case_uninformative:
        return
    plain = scan.text.plain
    titles = gazetteer.heads.keys() | gazetteer.other_titles | HONORIFICS | ROLES
    line, is_informative = (0, 0), True
    for match in _RUN.finditer(plain):
        if not line[0] <= match.start() < line[1]:
            line, is_informative = _line_at(plain, match.start())
        if is_informative:
            for words in _parts(plain, match, listed, scan.text.endings):
                yield from _name_in(plain, words, titles, gazetteer.beside_surnames)


def _line_at(plain: str, position: int) -> tuple[tuple[int, int], bool]:
    """Return the span of the line at a position, and whether its capitals carry information.

    They do not in a headline in title case or a line of capitals.
    """
    start, text = plain.rfind("\n", 0, position) + 1, line_of(plain, position)
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


def _parts(
    plain: str, run: re.Match[str], listed: Mask, endings: frozenset[str]
) -> Iterator[list[_Word]]:
    """Yield the run split at listed names, days and acronyms, and after a possessive or ending."""
    part: list[_Word] = []
    for match in _SINGLE_WORD.finditer(plain, run.start(), run.end()):
        text = _without_ending(match[0], endings)
        word = _Word(match.start(), match.start() + len(text), text)
        is_cut = len(text) < len(match[0])
        if (
            text.lower() in NO_NAMES
            or (len(text) >= _SHORTEST_CAPITALS and text.isupper())
            or not listed.is_free(word.start, word.end)
        ):
            yield part
            part = []
            continue
        part.append(word)
        if is_cut:
            yield part
            part = []
    yield part


def _without_ending(word: str, endings: frozenset[str]) -> str:
    """Return a word without its possessive, or the ending that an apostrophe parts from it."""
    apostrophe = max(map(word.rfind, _APOSTROPHES)) if endings else -1
    if apostrophe > 0 and is_ending(normalise(word[apostrophe + 1 :]), endings):
        return word[:apostrophe]
    return _POSSESSIVE.sub("", word)


def _name_in(
    plain: str, words: list[_Word], titles: frozenset[str] | set[str], no_names: frozenset[str]
) -> Iterator[Run]:
    """Yield the name at the end of a part, without titles and common words before it."""
    first, title = 0, ""
    for index, word in enumerate(words):
        bare = word.text.rstrip(".").lower()
        if bare in titles:
            first, title = index + 1, plain[words[0].start : word.end]
        elif index == first and bare in no_names and _is_sentence_start(plain, words[0].start):
            first = index + 1
    name_words = words[first:]
    if (
        not name_words
        or len(name_words) > MOST_WORDS
        or all(len(word.text.rstrip(".")) < 2 for word in name_words)
    ):
        return
    start, end = name_words[0].start, name_words[-1].end
    yield Run(start, end, plain[start:end], title)


def _is_sentence_start(plain: str, start: int) -> bool:
    before = plain[max(0, start - 4) : start].rstrip("\"'“‘( \u00a0")
    return not before or before[-1] in ".!?:\n—–"
