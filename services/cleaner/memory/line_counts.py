"""In how many articles of a source each line came: counts that fade with the source's articles.

They fade with articles, not with time: every hundred articles all counts are halved, and what
falls below a half is forgotten (the ageing of TinyLFU, Einziger 2017). The same articles in the
same order give the same memory on any day. Halves are exact in binary. Pure.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from shared.messages.schemas import SourceMemory

HALVED_EVERY: Final = 100
"""Articles of the source."""
_FORGOTTEN_BELOW: Final = 0.5
MAX_LINES: Final = 1_600
"""40 KB when encoded; the menus of a source are some tens of lines."""
_PRUNED_LINES: Final = 1_200
"""If there are more than the maximum, so many of the strongest stay: it is not sorted for every
article."""


def count_article(memory: SourceMemory, fingerprints: Iterable[str]) -> SourceMemory:
    """Return the memory with one more article, which has these lines.

    A line counts once for an article, however often it is in there.
    """
    lines = dict(memory.lines)
    for fingerprint in dict.fromkeys(fingerprints):
        lines[fingerprint] = lines.get(fingerprint, 0.0) + 1.0
    articles = memory.articles + 1
    if articles % HALVED_EVERY == 0:
        halves = {fingerprint: count / 2 for fingerprint, count in lines.items()}
        lines = {line: count for line, count in halves.items() if count >= _FORGOTTEN_BELOW}
    return replace(memory, articles=articles, lines=_strongest(lines))


def effective_articles(articles: int) -> float:
    """Return how many articles the counts stand for, after the halvings that they went through."""
    halvings, since = divmod(articles, HALVED_EVERY)
    return since + HALVED_EVERY * (1 - 0.5 ** min(halvings, 64))


def line_counts(
    memory: SourceMemory, fingerprints: Collection[str], *, own: int
) -> dict[str, float]:
    """Return in how many other articles each line was.

    ``own``: how often the article at hand was counted itself.
    """
    return {line: max(0.0, memory.lines.get(line, 0.0) - own) for line in fingerprints}


def _strongest(lines: dict[str, float]) -> dict[str, float]:
    if len(lines) <= MAX_LINES:
        return lines
    # Equal counts are ordered by fingerprint: the order of arrival is not kept.
    strongest = sorted(lines, key=lambda line: (-lines[line], line))[:_PRUNED_LINES]
    return {line: lines[line] for line in strongest}
