"""Features of where a block stands: how much of the page's running text its containers hold, and how blocks that are made alike look."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.features.block_features import LINK_SHARE, SENTENCE, WORDS, Matrix
from services.cleaner.page.blocks.hash_sets import numbered
from services.cleaner.page.blocks.jit import compiled
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.markup import H1
from services.cleaner.page.blocks.walk.tags import Bits, Ints
from services.cleaner.page.blocks.walk.texts import TextBlocks

Numbers = NDArray[np.float64]

PLACES: Final = (
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
"""Names of the columns that ``places`` fills. Running text: blocks of eight words or more, hardly linked, that end like a sentence or are long."""
_RUNNING_WORDS: Final = 8
_RUNNING_UNENDED: Final = 25
_RUNNING_LINKED: Final = 0.4
_MAIN: Final = 0.6
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


class Sums(NamedTuple):
    """Of each element with all inside it: running words, words, linked words, blocks; ``direct`` running words of its own blocks."""

    running: Numbers
    words: Numbers
    linked: Numbers
    blocks: Numbers
    direct: Numbers


@compiled
def running_words(looks: Matrix) -> Numbers:
    """The words of each block of running text, 0 for other blocks."""
    running = np.zeros(looks.shape[0])
    for block in range(looks.shape[0]):
        words = looks[block, WORDS]
        if (
            words >= _RUNNING_WORDS
            and looks[block, LINK_SHARE] < _RUNNING_LINKED
            and (looks[block, SENTENCE] > 0 or words > _RUNNING_UNENDED)
        ):
            running[block] = words
    return running


@compiled
def places(
    blocks: TextBlocks, elements: Elements, looks: Matrix, running: Numbers, out: Matrix
) -> None:
    """Fills the columns of PLACES; ``out`` has a row a block."""
    sums = _sums(blocks.element, elements.parent, looks, running)
    score = _scores(blocks.element, elements.parent, running)
    best = int(np.argmax(score))
    total = max(1.0, running.sum())
    main = 0
    for element in range(sums.running.size):  # the last one is the deepest
        if sums.running[element] >= _MAIN * total:
            main = element
    _containers(blocks.element, elements, sums, score, best, main, total, out)
    _order(blocks.element, elements, running, main, total, out)
    _alike(blocks.element, elements, looks, running, total, out)
    out[:, 34] = sums.running[main] / max(1.0, sums.words[main])
    out[:, 35] = np.log(total)


@compiled
def _sums(element_of: Ints, parent: Ints, looks: Matrix, running: Numbers) -> Sums:
    sums = np.zeros((5, parent.size))
    for block in range(element_of.size):
        element, words = element_of[block], np.float64(looks[block, WORDS])
        sums[0, element] += running[block]
        sums[1, element] += words
        sums[2, element] += words * looks[block, LINK_SHARE]
        sums[3, element] += 1
        sums[4, element] += running[block]
    for element in range(parent.size - 1, 0, -1):  # children come after parents
        for row in range(4):
            sums[row, parent[element]] += sums[row, element]
    return Sums(sums[0], sums[1], sums[2], sums[3], sums[4])


@compiled
def _scores(element_of: Ints, parent: Ints, running: Numbers) -> Numbers:
    """Readability's idea: a paragraph speaks for its element and its parent, less for those further out."""
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


@compiled
def _containers(
    element_of: Ints,
    elements: Elements,
    sums: Sums,
    score: Numbers,
    best: int,
    main: int,
    total: float,
    out: Matrix,
) -> None:
    parent, end = elements.parent, elements.end
    for block in range(element_of.size):
        row, element = out[block], element_of[block]
        one = max(0, parent[element])
        two = max(0, parent[one])
        three = max(0, parent[two])
        row[0], row[1], row[2] = (
            sums.running[one] / total,
            sums.running[two] / total,
            sums.running[three] / total,
        )
        row[3] = sums.direct[element] / total
        row[4], row[5], row[6] = (
            _part(sums.linked, sums.words, one),
            _part(sums.linked, sums.words, two),
            _part(sums.linked, sums.words, element),
        )
        row[7], row[8], row[9] = (
            _part(sums.running, sums.words, one),
            _part(sums.running, sums.words, two),
            _part(sums.running, sums.words, three),
        )
        row[10], row[11] = np.log1p(sums.blocks[one]), np.log1p(sums.blocks[two])
        row[12], row[13], row[14] = (
            np.log1p(sums.words[one]),
            np.log1p(sums.words[two]),
            np.log1p(sums.words[element]),
        )
        row[24], row[25] = best <= element < end[best], main <= element < end[main]
        row[26], row[27] = score[one] / max(1.0, score[best]), score[two] / max(1.0, score[best])
        row[33] = (best == one) | (best == element)


@compiled
def _part(some: Numbers, every: Numbers, element: int) -> float:
    return float(some[element] / max(1.0, every[element]))


@compiled
def _order(
    element_of: Ints, elements: Elements, running: Numbers, main: int, total: float, out: Matrix
) -> None:
    """Where the block stands among the running text of the main container, and behind the headline."""
    count = element_of.size
    first, last = -1, count - 1
    for block in range(count):
        if running[block] > 0 and main <= element_of[block] < elements.end[main]:
            first = block if first < 0 else first
            last = block
    first = max(0, first)
    headline = _headline(element_of, elements, first)
    so_far = 0.0
    for block in range(count):
        so_far += running[block]
        row = out[block]
        row[28], row[29] = so_far / total, block > last
        row[30], row[31] = max(-30, min(30, block - first)), max(-30, min(30, block - last))
        row[32] = max(-20, min(60, block - headline))


@compiled
def _headline(element_of: Ints, elements: Elements, first: int) -> int:
    """The block of the visible h1 nearest to the first running text; of a hidden one if there is no other; else the first block."""
    nearest, distance = 0, 1 << 30
    for block in range(element_of.size):
        element = element_of[block]
        if elements.form[element] == H1:
            away = abs(block - first) + (1 << 20) * elements.hidden[element]
            if away < distance:
                nearest, distance = block, away
    return nearest


@compiled
def made_alike(element_of: Ints, elements: Elements) -> Bits:
    """The same number for blocks whose elements have the same tag and names, and whose parents have so, too."""
    made = np.empty(element_of.size, np.uint64)
    for block in range(element_of.size):
        element = element_of[block]
        made[block] = (
            elements.signature[element] * _SPREAD
            ^ elements.signature[max(0, elements.parent[element])]
        )
    return made


@compiled
def _alike(
    element_of: Ints, elements: Elements, looks: Matrix, running: Numbers, total: float, out: Matrix
) -> None:
    """What blocks that are named alike (the same tag and names), and those that are made alike, have in common."""
    count = element_of.size
    kind, one = _by_kind(numbered(made_alike(element_of, elements)), looks, running)
    name, two = _by_kind(numbered(elements.signature[element_of]), looks, running)
    every = max(1.0, one[0].sum())
    for block in range(count):
        row, at, by = out[block], kind[block], name[block]
        row[15], row[16], row[17] = (
            one[0, at] / every,
            one[1, at] / total,
            one[1, at] / max(1.0, one[0, at]),
        )
        row[18], row[19], row[20] = (
            np.log1p(one[3, at]),
            one[2, at] / max(1.0, one[0, at]),
            one[0, at] / one[3, at],
        )
        row[21], row[22], row[23] = (
            two[1, by] / total,
            two[0, by] / two[3, by],
            np.log1p(two[3, by]),
        )


@compiled
def _by_kind(kinds: Ints, looks: Matrix, running: Numbers) -> tuple[Ints, Numbers]:
    """Sums for each kind of block: words, running words, linked words, blocks."""
    sums = np.zeros((4, kinds.size + 1))
    for block in range(kinds.size):
        words = np.float64(looks[block, WORDS])
        sums[0, kinds[block]] += words
        sums[1, kinds[block]] += running[block]
        sums[2, kinds[block]] += words * looks[block, LINK_SHARE]
        sums[3, kinds[block]] += 1
    return kinds, sums
