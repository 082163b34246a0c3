"""Articles a second through the tagger, beside the plain way: one regular expression that lists every name.

The peer only finds names (no folding of accents, no surnames, no offices of the day, no countries' rules), so it does less; it is the
program one would write first. Both read the two seed articles, in turns, in one process; CPU time. Run: python -m bench.tagger
"""

import re
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from services.tagger.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from services.tagger.scan import scan
from shared.schemas import CleanArticle, TimeSource

SEEDS = Path(__file__).parents[1] / "seeds"
ROUNDS = 15
A_ROUND_S = 0.3


def main() -> None:
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    articles = [_article(path) for path in sorted((SEEDS / "articles").glob("*.txt"))]
    alternation = _alternation(gazetteer)
    runs: dict[str, Callable[[CleanArticle], object]] = {
        "summitwire tag()": lambda article: tag(article, gazetteer),
        "  of which fold + find": lambda article: scan("body", article.body, gazetteer.finder),
        "regex alternation": lambda article: [match.span() for match in alternation.finditer(article.body)],
    }
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            rates[name].append(_rate(run, articles))
    characters = sum(len(article.body) for article in articles) // len(articles)
    names = len(gazetteer.finder.patterns)
    print(f"{len(articles)} seed articles of {characters} characters, {names} names, Python {sys.version.split()[0]}")
    print(f"{'':26}{'articles/CPU s (median)':>24}{'best':>10}")
    for name, measured in rates.items():
        print(f"{name:26}{statistics.median(measured):24.0f}{max(measured):10.0f}")


def _rate(run: Callable[[CleanArticle], object], articles: list[CleanArticle]) -> float:
    started, done = time.process_time(), 0
    while time.process_time() - started < A_ROUND_S:
        for article in articles:
            run(article)
        done += len(articles)
    return done / (time.process_time() - started)


def _alternation(gazetteer: Gazetteer) -> re.Pattern[str]:
    longest_first = sorted(gazetteer.finder.patterns, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b", re.IGNORECASE)


def _article(path: Path) -> CleanArticle:
    body = path.read_text("utf-8")
    return CleanArticle(
        article_id=path.stem,
        revision="",
        uri=path.name,
        source="seed",
        headline=body.splitlines()[0],
        body=body,
        language="en",
        language_confidence=1.0,
        event_time=datetime(2018, 9, 12, tzinfo=UTC),
        event_time_source=TimeSource.MANIFEST,
        content_sha256="",
        signature=(),
        paragraphs=(),
        sentences=(),
    )


if __name__ == "__main__":
    main()
