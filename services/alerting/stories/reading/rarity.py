"""How rare terms are: counted over news articles once, and over the open stories."""

import math
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

RARITY_FILE: Final = Path(__file__).with_name("rarity.json")
_NAME_WEIGHT: Final = 1.35
_CONCEPT_WEIGHT: Final = 0.85
_BACKGROUND: Final = 0.25
"""How much a block of the background counts beside an open story."""


class RarityTable(msgspec.Struct, frozen=True):
    """In how many of ``blocks`` blocks of text each term is, and words written small there.

    ``python -m training.stories`` makes it.
    """

    blocks: int
    counts: dict[str, int]
    common: frozenset[str]


@cache
def rarity_table() -> RarityTable:
    """Return the table of the package."""
    return msgspec.json.decode(RARITY_FILE.read_bytes(), type=RarityTable)


def is_common_word(word: str) -> bool:
    """Return whether a word in lower case is an ordinary one, whose capital means nothing."""
    return word in rarity_table().common


def rarity(term: str, stories: int, stories_with: int) -> float:
    """Return a term's weight, from about 0 to 8.

    ``stories``: the number of open stories; ``stories_with``: how many of them have the term.
    """
    table = rarity_table()
    whole = table.blocks * _BACKGROUND + stories + 2
    share = (table.counts.get(term, 0) * _BACKGROUND + stories_with + 1) / whole
    kind = term[:2]
    weight = _NAME_WEIGHT if kind == "n:" else _CONCEPT_WEIGHT if kind == "k:" else 1.0
    return max(0.05, -math.log(share)) * weight
