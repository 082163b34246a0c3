"""Seconds that 200 KB of each shape of text take the cleaner, the tagger and match, beside one pass of the automaton over the same text.

The shapes (tests/hostile_texts.py) are what could be slow: names in capitals, joined or with accents, titles, brackets, comments left open.
The pass over all names of the seeds (ahocorasick-rs, which the tagger is built on) is what any finder of names must take; "times" is
what the tagger takes for each of it. CPU time of the thread, the least of ROUNDS runs, with the seeds' names and rules. A last column says
how much longer the tagger takes for four times the text: 4 is in proportion.

Run: python -m bench.hostile_text [WORD…] [--length 200000]. Words choose the shapes that have one of them in their names.
"""

import argparse
import gc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import thread_time

from ahocorasick_rs import AhoCorasick, MatchKind

from services.alerting.match.match import match_article
from services.alerting.matcher.matcher import Matcher
from services.alerting.rules.rule_set import load_rules
from services.cleaner.candidate import build_candidate
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import CleanArticle, TimeSource
from tests.builders import build_clean_article, build_raw_article
from tests.hostile_texts import PAGES, TEXTS

SEEDS = Path(__file__).parents[1] / "seeds"
DAY = datetime(2018, 9, 12, tzinfo=UTC)
ROUNDS = 2
TARGET_S = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--length", type=int, default=200_000)
    given = parser.parse_args()
    gazetteer, matcher = (
        load_gazetteer(SEEDS / "actors", SEEDS / "keywords"),
        Matcher(load_rules(SEEDS / "rules").rules),
    )
    gc.freeze()  # as services do (shared/service/worker.py)
    finder = AhoCorasick(gazetteer.finder.patterns, matchkind=MatchKind.Standard)
    print(
        f"{given.length} characters; seconds{'':28}{'cleaner':>9}{'tagger':>9}{'match':>9}{'one pass':>10}{'times':>8}{'4 x':>7}"
    )
    worst = [
        _text_row(name, given.length, gazetteer, matcher, finder)
        for name in TEXTS
        if _chosen(name, given.words)
    ]
    print("pages")
    worst += [_page_row(name, given.length) for name in PAGES if _chosen(name, given.words)]
    print(
        f"\n{sum(seconds > TARGET_S for seconds in worst)} of {len(worst)} take a stage longer than {TARGET_S} s; the longest {max(worst):.2f} s"
    )


def _chosen(name: str, words: list[str]) -> bool:
    return not words or any(word in name for word in words)


def _text_row(
    name: str, length: int, gazetteer: Gazetteer, matcher: Matcher, finder: AhoCorasick
) -> float:
    text = TEXTS[name].text(length)
    article, quarter = _article(text), _article(TEXTS[name].text(length // 4))
    tagged = tag(article, gazetteer)
    cleaned = _least(lambda: _cleaned(text, "text/plain"))
    tagging, before = (
        _least(lambda: tag(article, gazetteer)),
        _least(lambda: tag(quarter, gazetteer)),
    )
    matching = _least(lambda: match_article(tagged, matcher))
    readable = text.lower().encode("utf-8", "replace").decode()
    once = _least(lambda: finder.find_matches_as_indexes(readable, overlapping=True))
    print(
        f"  {name:42}{cleaned:9.3f}{tagging:9.3f}{matching:9.3f}{once:10.4f}{tagging / once:8.0f}{tagging / before:7.1f}",
        flush=True,
    )
    return max(cleaned, tagging, matching)


def _page_row(name: str, length: int) -> float:
    page = PAGES[name].text(length)
    seconds = _least(lambda: _cleaned(page, "text/html"))
    print(f"  {name:42}{seconds:9.3f}", flush=True)
    return seconds


def _least(run: Callable[[], object]) -> float:
    return min(_seconds(run) for _ in range(ROUNDS))


def _seconds(run: Callable[[], object]) -> float:
    started = thread_time()
    run()
    return thread_time() - started


def _cleaned(text: str, content_type: str) -> object:
    content = text.encode("utf-8", "surrogatepass")
    raw = build_raw_article(
        content, source="bench", uri="urn:bench", content_type=content_type, fetched_at=DAY
    )
    try:
        return build_candidate(raw)
    except InvalidMessage as refused:
        return refused


def _article(body: str) -> CleanArticle:
    return build_clean_article(
        body,
        uri="urn:bench",
        source="bench",
        headline="Kim met Trump",
        event_time=DAY,
        event_time_source=TimeSource.MANIFEST,
    )


if __name__ == "__main__":
    main()
