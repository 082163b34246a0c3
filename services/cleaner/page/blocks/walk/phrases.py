"""Many phrases looked for at once in one pass: an Aho-Corasick automaton as two arrays (Aho and Corasick 1975).

A phrase is spelt as characters.py says. A text is read as ^ and a gap, its words with one gap between them, and a gap: " word " is a whole
word, "word" a part of one, "^ word" the beginning. "_" in a phrase is a gap or nothing: article_body finds article-body and articleBody.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk.characters import BEGIN, GAP, SYMBOLS, TABLE_SIZE, symbol

_START: Final = 0


class Automaton(NamedTuple):
    """``following[state, symbol]`` is the next state; ``found[state]`` has bit n where a phrase of list n ends."""

    following: NDArray[np.int32]
    found: NDArray[np.uint64]


def automaton(lists: Sequence[Iterable[str]]) -> Automaton:
    """One automaton over all lists of phrases, at most 64 of them."""
    following: list[list[int]] = [[-1] * SYMBOLS]
    found = [0]
    for bit, phrases in enumerate(lists):
        for phrase in phrases:
            for spelt in {phrase.replace("_", " "), phrase.replace("_", "")}:
                found[_added(following, found, spelt)] |= 1 << bit
    _linked(following, found)
    return Automaton(np.array(following, np.int32), np.array(found, np.uint64))


def _added(following: list[list[int]], found: list[int], phrase: str) -> int:
    state = _START
    for character in phrase:
        at = BEGIN if character == "^" else symbol(character)
        if following[state][at] < 0:
            following[state][at] = len(following)
            following.append([-1] * SYMBOLS)
            found.append(0)
        state = following[state][at]
    return state


def _linked(following: list[list[int]], found: list[int]) -> None:
    """Each missing step goes where the longest suffix that is known would go; a state finds what its suffixes find."""
    suffix = [_START] * len(following)
    waiting = deque([_START])
    while waiting:
        state = waiting.popleft()
        for at, target in enumerate(following[state]):
            elsewhere = following[suffix[state]][at] if state != _START else _START
            if target < 0:
                following[state][at] = elsewhere
            else:
                suffix[target] = elsewhere
                found[target] |= found[elsewhere]
                waiting.append(target)


@compiled
def spotted(
    machine: Automaton, symbols: NDArray[np.uint8], text: NDArray[np.uint32], start: int, end: int
) -> np.uint64:
    """Bits of the lists that have a phrase in ``text[start:end]`` (code points)."""
    state = machine.following[machine.following[0, BEGIN], GAP]
    bits = machine.found[state]
    gap = True
    for at in range(start, end):
        sign = symbols[text[at]] if text[at] < TABLE_SIZE else GAP
        if sign == GAP and gap:
            continue
        gap = sign == GAP
        state = machine.following[state, sign]
        bits |= machine.found[state]
    return np.uint64(bits | machine.found[machine.following[state, GAP]])
