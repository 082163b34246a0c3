"""Search for many phrases at once in one pass: an Aho-Corasick automaton as two arrays (1975).

A phrase is spelt in the symbols of characters.py. A text is read as ^ and a gap, its words with one
gap between them, and a gap: " word " is a whole word, "word" a part of one, "^ word" the beginning.
"_" in a phrase is a gap or nothing: article_body finds article-body and articleBody.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.characters import BEGIN, GAP, SYMBOLS, TABLE_SIZE, symbol

_START: Final = 0


class Automaton(NamedTuple):
    """``following[state, symbol]`` is the next state.

    ``matches[state]`` has bit n set if a phrase of list n ends there.
    """

    following: NDArray[np.int32]
    matches: NDArray[np.uint64]


def build_automaton(lists: Sequence[Iterable[str]]) -> Automaton:
    """Build one automaton over all lists of phrases, at most 64 of them."""
    following: list[list[int]] = [[-1] * SYMBOLS]
    matches = [0]
    for bit, phrases in enumerate(lists):
        for phrase in phrases:
            for spelling in {phrase.replace("_", " "), phrase.replace("_", "")}:
                matches[_add_phrase(following, matches, spelling)] |= 1 << bit
    _link_suffixes(following, matches)
    return Automaton(np.array(following, np.int32), np.array(matches, np.uint64))


def _add_phrase(following: list[list[int]], matches: list[int], phrase: str) -> int:
    state = _START
    for character in phrase:
        column = BEGIN if character == "^" else symbol(character)
        if following[state][column] < 0:
            following[state][column] = len(following)
            following.append([-1] * SYMBOLS)
            matches.append(0)
        state = following[state][column]
    return state


def _link_suffixes(following: list[list[int]], matches: list[int]) -> None:
    """Let each missing step go where the longest suffix that is a state would go.

    A state matches what its suffixes match.
    """
    suffix = [_START] * len(following)
    queue = deque([_START])
    while queue:
        state = queue.popleft()
        for column, target in enumerate(following[state]):
            elsewhere = following[suffix[state]][column] if state != _START else _START
            if target < 0:
                following[state][column] = elsewhere
            else:
                suffix[target] = elsewhere
                matches[target] |= matches[elsewhere]
                queue.append(target)


@jit
def match_phrases(
    automaton: Automaton,
    symbols: NDArray[np.uint8],
    text: NDArray[np.uint32],
    start: int,
    end: int,
) -> np.uint64:
    """Return the bits of the lists that have a phrase in ``text[start:end]`` (code points)."""
    state = automaton.following[automaton.following[0, BEGIN], GAP]
    bits = automaton.matches[state]
    gap = True
    for position in range(start, end):
        column = symbols[text[position]] if text[position] < TABLE_SIZE else GAP
        if column == GAP and gap:
            continue
        gap = column == GAP
        state = automaton.following[state, column]
        bits |= automaton.matches[state]
    return np.uint64(bits | automaton.matches[automaton.following[state, GAP]])
