"""Seconds that the cleaner, the tagger and match need for 200 KB of each kind of hostile text.

The kinds (tests/hostile_texts.py) could be slow: names in capitals, joined or with accents, titles,
brackets, unclosed comments. The baseline is one pass of the automaton over the same text with all
names of the seeds (ahocorasick-rs, which the tagger is built on), which every finder of names
needs; "times" is the tagger's time divided by it. Times are CPU time of the thread, the minimum of
ROUNDS runs, with the seeds' names and rules. The last column is the tagger's time divided by its
time for a quarter of the text: 4 is linear.

Run: python -m bench.hostile_text [WORD…] [--length 200000]. Only kinds whose name contains one of
the words are measured.
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
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--length", type=int, default=200_000)
    options = parser.parse_args()
    gazetteer, matcher = (
        load_gazetteer(SEEDS / "actors", SEEDS / "keywords"),
        Matcher(load_rules(SEEDS / "rules").rules),
    )
    gc.freeze()  # as services do (shared/service/worker.py)
    finder = AhoCorasick(gazetteer.finder.patterns, matchkind=MatchKind.Standard)
    print(
        f"{options.length} characters; seconds{'':28}{'cleaner':>9}{'tagger':>9}{'match':>9}"
        f"{'one pass':>10}{'times':>8}{'4 x':>7}"
    )
    slowest = [
        _text_row(name, options.length, gazetteer, matcher, finder)
        for name in TEXTS
        if _is_selected(name, options.words)
    ]
    print("pages")
    slowest += [
        _page_row(name, options.length) for name in PAGES if _is_selected(name, options.words)
    ]
    print(
        f"\n{sum(seconds > TARGET_S for seconds in slowest)} of {len(slowest)} take longer than"
        f" {TARGET_S} s in a stage; the longest takes {max(slowest):.2f} s"
    )


def _is_selected(name: str, words: list[str]) -> bool:
    return not words or any(word in name for word in words)


def _text_row(
    name: str, length: int, gazetteer: Gazetteer, matcher: Matcher, finder: AhoCorasick
) -> float:
    text = TEXTS[name].text(length)
    article, quarter = _article(text), _article(TEXTS[name].text(length // 4))
    tagged = tag(article, gazetteer)
    cleaning = _minimum_s(lambda: _clean(text, "text/plain"))
    tagging = _minimum_s(lambda: tag(article, gazetteer))
    tagging_quarter = _minimum_s(lambda: tag(quarter, gazetteer))
    matching = _minimum_s(lambda: match_article(tagged, matcher))
    readable = text.lower().encode("utf-8", "replace").decode()
    baseline = _minimum_s(lambda: finder.find_matches_as_indexes(readable, overlapping=True))
    print(
        f"  {name:42}{cleaning:9.3f}{tagging:9.3f}{matching:9.3f}{baseline:10.4f}"
        f"{tagging / baseline:8.0f}{tagging / tagging_quarter:7.1f}",
        flush=True,
    )
    return max(cleaning, tagging, matching)


def _page_row(name: str, length: int) -> float:
    page = PAGES[name].text(length)
    seconds = _minimum_s(lambda: _clean(page, "text/html"))
    print(f"  {name:42}{seconds:9.3f}", flush=True)
    return seconds


def _minimum_s(run: Callable[[], object]) -> float:
    return min(_seconds(run) for _ in range(ROUNDS))


def _seconds(run: Callable[[], object]) -> float:
    started = thread_time()
    run()
    return thread_time() - started


def _clean(text: str, content_type: str) -> object:
    content = text.encode("utf-8", "surrogatepass")
    raw = build_raw_article(
        content, source="bench", uri="urn:bench", content_type=content_type, fetched_at=DAY
    )
    try:
        return build_candidate(raw)
    except InvalidMessage as error:
        return error


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
