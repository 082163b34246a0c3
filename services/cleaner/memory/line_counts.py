"""How often a source's lines came, in different articles: a count that fades with the source's articles, not with time. Pure.

Every hundred articles all counts are halved, and what falls below a half is forgotten (the ageing of TinyLFU, Einziger 2017): the same
articles in the same order give the same memory, on any day. The halves are exact in binary.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from shared.messages.schemas import SourceMemory

HALVED_EVERY: Final = 100
"""Articles of the source."""
_FORGOTTEN_BELOW: Final = 0.5
MOST_LINES: Final = 1_600
"""40 KB as it is written; a source's true menus are some tens of lines."""
_LEFT_LINES: Final = 1_200
"""Once there are more than the most, the strongest of them stay: so it is not sorted for every article."""


def counted(memory: SourceMemory, fingerprints: Iterable[str]) -> SourceMemory:
    """The memory with one more article, which carries these lines; a line counts once, however often it stands there."""
    lines = dict(memory.lines)
    for each in dict.fromkeys(fingerprints):
        lines[each] = lines.get(each, 0.0) + 1.0
    articles = memory.articles + 1
    if articles % HALVED_EVERY == 0:
        lines = {
            each: weight / 2 for each, weight in lines.items() if weight / 2 >= _FORGOTTEN_BELOW
        }
    return replace(memory, articles=articles, lines=_strongest(lines))


def faded_articles(articles: int) -> float:
    """How many articles the counts stand for: of so many, with the halvings that their lines went through."""
    halvings, since = divmod(articles, HALVED_EVERY)
    return since + HALVED_EVERY * (1 - 0.5 ** min(halvings, 64))


def weights(memory: SourceMemory, fingerprints: Collection[str], *, own: int) -> dict[str, float]:
    """In how many other articles each line was seen. ``own``: how often the article at hand was counted itself."""
    return {each: max(0.0, memory.lines.get(each, 0.0) - own) for each in fingerprints}


def _strongest(lines: dict[str, float]) -> dict[str, float]:
    if len(lines) <= MOST_LINES:
        return lines
    kept = sorted(lines, key=lambda each: (-lines[each], each))[
        :_LEFT_LINES
    ]  # of equals by the hash: the order of arrival is not kept
    return {each: lines[each] for each in kept}
