"""Features of a block's position on the page.

They say how much of the page's running text its containers hold, and what blocks of the same
structure look like.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.features.block_features import (
    LINK_SHARE,
    SENTENCE,
    WORDS,
    Matrix,
)
from services.cleaner.page.blocks.hash_sets import number_hashes
from services.cleaner.page.blocks.jit import jit
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.markup import H1
from services.cleaner.page.blocks.walk.tags import Bits, Ints
from services.cleaner.page.blocks.walk.texts import TextBlocks

Floats = NDArray[np.float64]

POSITION_FEATURES: Final = (
    "running share of parent",
    "running share of grandparent",
    "running share of great-grandparent",
    "running share of element",
    "link share of parent",
    "link share of grandparent",
    "link share of element",
    "running part of parent",
    "running part of grandparent",
    "running part of great-grandparent",
    "blocks in parent",
    "blocks in grandparent",
    "words in parent",
    "words in grandparent",
    "words in element",
    "word share made alike",
    "running share made alike",
    "running part made alike",
    "blocks made alike",
    "link share made alike",
    "mean words made alike",
    "running share named alike",
    "mean words named alike",
    "blocks named alike",
    "in best container",
    "in smallest main container",
    "score of parent",
    "score of grandparent",
    "running text so far",
    "behind running text",
    "blocks from first running",
    "blocks from last running",
    "blocks from headline",
    "parent is best container",
    "running part of main container",
    "running words of page",
)
"""Names of the columns that ``position_features`` fills.

Running text: blocks of eight words or more, hardly linked, that end like a sentence or are long.
"""
_RUNNING_WORDS: Final = 8
_RUNNING_UNENDED: Final = 25
_RUNNING_LINKED: Final = 0.4
_MAIN: Final = 0.6
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


class ElementSums(NamedTuple):
    """Sums over each element with everything inside it: running, all and linked words, and blocks.

    ``direct``: the running words of its own blocks.
    """

    running: Floats
    words: Floats
    linked: Floats
    blocks: Floats
    direct: Floats


@jit
def running_words(alone: Matrix) -> Floats:
    """Return the words of each block of running text, 0 for other blocks."""
    running = np.zeros(alone.shape[0])
    for block in range(alone.shape[0]):
        words = alone[block, WORDS]
        is_ended = alone[block, SENTENCE] > 0 or words > _RUNNING_UNENDED
        if words >= _RUNNING_WORDS and alone[block, LINK_SHARE] < _RUNNING_LINKED and is_ended:
            running[block] = words
    return running


@jit
def position_features(
    blocks: TextBlocks, elements: Elements, alone: Matrix, running: Floats, out: Matrix
) -> None:
    """Fill the columns of POSITION_FEATURES; ``out`` has a row a block.

    ``alone``: the block features.
    """
    sums = _sum_elements(blocks.element, elements.parent, alone, running)
    score = _score_elements(blocks.element, elements.parent, running)
    best = int(np.argmax(score))
    total = max(1.0, running.sum())
    main = 0
    for element in range(sums.running.size):  # the last one is the deepest
        if sums.running[element] >= _MAIN * total:
            main = element
    _fill_containers(blocks.element, elements, sums, score, best, main, total, out)
    _fill_order(blocks.element, elements, running, main, total, out)
    _fill_alike(blocks.element, elements, alone, running, total, out)
    out[:, 34] = sums.running[main] / max(1.0, sums.words[main])
    out[:, 35] = np.log(total)


@jit
def _sum_elements(element_of: Ints, parent: Ints, alone: Matrix, running: Floats) -> ElementSums:
    sums = np.zeros((5, parent.size))
    for block in range(element_of.size):
        element, words = element_of[block], np.float64(alone[block, WORDS])
        sums[0, element] += running[block]
        sums[1, element] += words
        sums[2, element] += words * alone[block, LINK_SHARE]
        sums[3, element] += 1
        sums[4, element] += running[block]
    for element in range(parent.size - 1, 0, -1):  # children come after parents
        for row in range(4):
            sums[row, parent[element]] += sums[row, element]
    return ElementSums(sums[0], sums[1], sums[2], sums[3], sums[4])


@jit
def _score_elements(element_of: Ints, parent: Ints, running: Floats) -> Floats:
    """Score elements by Readability's idea.

    A paragraph speaks for its element and its parent, and less for those further out.
    """
    score = np.zeros(parent.size)
    for block in range(element_of.size):
        element = element_of[block]
        score[element] += running[block]
        element = max(0, parent[element])
        score[element] += running[block]
        element = max(0, parent[element])
        score[element] += 0.7 * running[block]
        score[max(0, parent[element])] += 0.35 * running[block]
    return score


@jit
def _fill_containers(
    element_of: Ints,
    elements: Elements,
    sums: ElementSums,
    score: Floats,
    best: int,
    main: int,
    total: float,
    out: Matrix,
) -> None:
    parents, end = elements.parent, elements.end
    running, words, linked, blocks = sums.running, sums.words, sums.linked, sums.blocks
    for block in range(element_of.size):
        row, own = out[block], element_of[block]
        parent = max(0, parents[own])
        grandparent = max(0, parents[parent])
        ancestor = max(0, parents[grandparent])
        row[0], row[1] = running[parent] / total, running[grandparent] / total
        row[2], row[3] = running[ancestor] / total, sums.direct[own] / total
        row[4], row[5] = _part(linked, words, parent), _part(linked, words, grandparent)
        row[6] = _part(linked, words, own)
        row[7], row[8] = _part(running, words, parent), _part(running, words, grandparent)
        row[9] = _part(running, words, ancestor)
        row[10], row[11] = np.log1p(blocks[parent]), np.log1p(blocks[grandparent])
        row[12], row[13] = np.log1p(words[parent]), np.log1p(words[grandparent])
        row[14] = np.log1p(words[own])
        row[24], row[25] = best <= own < end[best], main <= own < end[main]
        row[26] = score[parent] / max(1.0, score[best])
        row[27] = score[grandparent] / max(1.0, score[best])
        row[33] = (best == parent) | (best == own)


@jit
def _part(some: Floats, total: Floats, element: int) -> float:
    return float(some[element] / max(1.0, total[element]))


@jit
def _fill_order(
    element_of: Ints, elements: Elements, running: Floats, main: int, total: float, out: Matrix
) -> None:
    """Fill in where the block is in the main container's running text, and behind the headline."""
    count = element_of.size
    first, last = -1, count - 1
    for block in range(count):
        if running[block] > 0 and main <= element_of[block] < elements.end[main]:
            first = block if first < 0 else first
            last = block
    first = max(0, first)
    headline = _headline_block(element_of, elements, first)
    so_far = 0.0
    for block in range(count):
        so_far += running[block]
        row = out[block]
        row[28], row[29] = so_far / total, block > last
        row[30], row[31] = max(-30, min(30, block - first)), max(-30, min(30, block - last))
        row[32] = max(-20, min(60, block - headline))


@jit
def _headline_block(element_of: Ints, elements: Elements, first: int) -> int:
    """Return the block of the visible h1 nearest to the first running text.

    Without one it is that of a hidden h1, else the first block.
    """
    nearest, distance = 0, 1 << 30
    for block in range(element_of.size):
        element = element_of[block]
        if elements.form[element] == H1:
            away = abs(block - first) + (1 << 20) * elements.hidden[element]
            if away < distance:
                nearest, distance = block, away
    return nearest


@jit
def structure_hashes(element_of: Ints, elements: Elements) -> Bits:
    """Return the same number for blocks of the same structure.

    Their elements have the same tag and names, and so have the parents of these.
    """
    hashes = np.empty(element_of.size, np.uint64)
    for block in range(element_of.size):
        element = element_of[block]
        parent = max(0, elements.parent[element])
        hashes[block] = elements.signature[element] * _SPREAD ^ elements.signature[parent]
    return hashes


@jit
def _fill_alike(
    element_of: Ints,
    elements: Elements,
    alone: Matrix,
    running: Floats,
    total: float,
    out: Matrix,
) -> None:
    """Fill in what blocks with the same tag and names, and those of the same structure, share."""
    kinds, of_kind = _sum_kinds(
        number_hashes(structure_hashes(element_of, elements)), alone, running
    )
    names, of_name = _sum_kinds(number_hashes(elements.signature[element_of]), alone, running)
    words = max(1.0, of_kind[0].sum())
    for block in range(element_of.size):
        row, kind, name = out[block], kinds[block], names[block]
        row[15], row[16] = of_kind[0, kind] / words, of_kind[1, kind] / total
        row[17] = of_kind[1, kind] / max(1.0, of_kind[0, kind])
        row[18] = np.log1p(of_kind[3, kind])
        row[19] = of_kind[2, kind] / max(1.0, of_kind[0, kind])
        row[20] = of_kind[0, kind] / of_kind[3, kind]
        row[21] = of_name[1, name] / total
        row[22] = of_name[0, name] / of_name[3, name]
        row[23] = np.log1p(of_name[3, name])


@jit
def _sum_kinds(kinds: Ints, alone: Matrix, running: Floats) -> tuple[Ints, Floats]:
    """Return sums for each kind of block: words, running words, linked words, blocks."""
    sums = np.zeros((4, kinds.size + 1))
    for block in range(kinds.size):
        words = np.float64(alone[block, WORDS])
        sums[0, kinds[block]] += words
        sums[1, kinds[block]] += running[block]
        sums[2, kinds[block]] += words * alone[block, LINK_SHARE]
        sums[3, kinds[block]] += 1
    return kinds, sums
