"""A page's blocks of text: their words, their features, and the headings among them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from services.cleaner.page.blocks.features.block_features import HeadRuns, Matrix
from services.cleaner.page.blocks.features.matrix import features
from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.characters import characters
from services.cleaner.page.blocks.walk.elements import Elements
from services.cleaner.page.blocks.walk.texts import TextBlocks
from services.cleaner.page.blocks.walk.walk import walk
from services.cleaner.page.blocks.words import BlockWords, run_set, words_of
from services.cleaner.page.head import Head, Heading
from services.cleaner.page.parse import body_html, code_points, text_of

_MARKUP: Final = re.compile(r"<[^<>]{0,400}>")
_MAX_HEADINGS: Final = 30
_MAX_HEAD_CHARACTERS: Final = 200_000


@dataclass(frozen=True)
class PageBlocks:
    """Elements and blocks of a page, in its order.

    ``html``: the body as lexbor writes it, without scripts and the like.
    """

    html: str
    elements: Elements
    blocks: TextBlocks

    @cached_property
    def texts(self) -> list[str]:
        """The text of each block."""
        text, start = text_of(self.blocks.text), self.blocks.start.tolist()
        return [text[start[block] : start[block + 1]] for block in range(len(start) - 1)]

    @cached_property
    def words(self) -> BlockWords:
        """The words of each block."""
        return words_of(self.blocks.text, self.blocks.start, characters())

    def blocks_in(self, element: int) -> range:
        """Return the blocks inside the element."""
        owner = self.blocks.element
        inside = np.flatnonzero((owner >= element) & (owner < self.elements.end[element]))
        return range(int(inside[0]), int(inside[-1]) + 1) if inside.size else range(0)

    def outermost(self, block: int, places: int) -> int:
        """Return the outermost element around the block that is one of these places or in one.

        It is the block's own element if that is in none.
        """
        parent, element_places = self.elements.parent, self.elements.places
        element = int(self.blocks.element[block])
        while element > 0 and element_places[parent[element]] & places:
            element = int(parent[element])
        return element

    def headings(self) -> Iterator[Heading]:
        """Yield the h1 elements that have text, each with the text of all blocks in it."""
        for element in np.flatnonzero(self.elements.form == markup.H1)[:_MAX_HEADINGS].tolist():
            if inside := self.blocks_in(element):
                text = " ".join(self.texts[block] for block in inside)
                yield Heading(text, bool(self.elements.hidden[element]))

    def feature_matrix(self, head: Head) -> Matrix:
        """Return the features: a row a block."""
        return features(self.blocks, self.elements, self.words, _head_runs(head), characters())


def walk_page(tree: LexborHTMLParser) -> PageBlocks:
    """Return the page's blocks. Removes the scripts from the tree: parse the head first."""
    html = body_html(tree)
    return PageBlocks(html, *walk(code_points(html)))


def _head_runs(head: Head) -> HeadRuns:
    declared = _MARKUP.sub(" ", head.declared_body[:_MAX_HEAD_CHARACTERS])
    return HeadRuns(
        run_set(_words(" ".join(head.descriptions))),
        run_set(_words(declared)),
        bool(declared),
    )


def _words(text: str) -> BlockWords:
    points: NDArray[np.uint32] = code_points(text[:_MAX_HEAD_CHARACTERS])
    return words_of(points, np.array([0, points.size], np.int32), characters())
