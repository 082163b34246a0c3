"""Articles a second through the tagger, compared with programs that only find names.

These are spaCy's PhraseMatcher, flashtext2 and a regular expression. They do less: no accents
removed, no surnames, no offices of the day, no rules for countries. All read the same texts in
turns, in one process; the time is CPU time.

Run: python -m bench.tagger [FOLDER] [--names 100000] [--peers DIR]

FOLDER holds *.txt files instead of the two seed articles, which name four times as many people and
countries as other news. --names adds that many made-up people. Two of the peers are no dependency
of ours (268 MB): `uv pip install --target DIR spacy flashtext2`, then --peers DIR.
"""

import argparse
import importlib
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.tagger.data.entries import Actor, Entries
from services.tagger.data.gazetteer import Gazetteer, build_gazetteer
from services.tagger.data.loader import load_folders
from services.tagger.pipeline import tag
from services.tagger.scan.candidate_spans import scan_field
from shared.messages.schemas import CleanArticle, TimeSource
from shared.text.sentences import split_sentences
from tests.builders import build_clean_article

SEEDS = Path(__file__).parents[1] / "seeds"
ROUNDS = 15
A_ROUND_S = 0.3
SYLLABLES = [
    "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va",
    "we", "xi", "yo", "zu", "bran", "cled", "drim", "fost", "grun",
]  # fmt: skip

Run = Callable[[CleanArticle], object]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", default=SEEDS / "articles")
    parser.add_argument("--names", type=int, default=0)
    parser.add_argument("--peers", default="")
    args = parser.parse_args()
    if args.peers:
        sys.path.append(args.peers)
    entries = load_folders(SEEDS / "actors", SEEDS / "keywords").entries()
    entries = replace(entries, actors=(*entries.actors, *_people(args.names)))
    gazetteer = _build(entries)
    articles = [_article(path) for path in sorted(args.folder.glob("*.txt"))]
    _report(articles, _runs(gazetteer), gazetteer)


def _build(entries: Entries) -> Gazetteer:
    before, started = _resident_mb(), time.process_time()
    gazetteer = build_gazetteer(entries)
    seconds, megabytes = time.process_time() - started, _resident_mb() - before
    print(f"built in {seconds:.1f} CPU s, {megabytes:.0f} MB in addition to the entries")
    return gazetteer


def _runs(gazetteer: Gazetteer) -> dict[str, Run]:
    names = gazetteer.finder.patterns
    runs: dict[str, Run] = {
        "summitwire tag()": lambda article: tag(article, gazetteer),
        "  of which normalise + find": lambda article: scan_field(
            "body", article.body, gazetteer.finder
        ),
    }
    for peer in (_spacy, _flashtext, _alternation):
        try:
            name, run = peer(names)
        except ImportError as missing:
            print(f"left out: {missing}")
        else:
            runs[name] = run
    return runs


def _spacy(names: Iterable[str]) -> tuple[str, Run]:
    spacy: Any = importlib.import_module("spacy")
    matcher: Any = importlib.import_module("spacy.matcher")
    english = spacy.blank("en")
    phrases = matcher.PhraseMatcher(english.vocab, attr="LOWER")
    phrases.add("NAME", list(english.tokenizer.pipe(names)))
    return "spaCy PhraseMatcher", lambda article: phrases(english.make_doc(article.body))


def _flashtext(names: Iterable[str]) -> tuple[str, Run]:
    flashtext: Any = importlib.import_module("flashtext2")
    processor = flashtext.KeywordProcessor(case_sensitive=False)
    processor.add_keywords_from_iter(names)
    return "flashtext2", lambda article: processor.extract_keywords_with_span(article.body)


def _alternation(names: tuple[str, ...]) -> tuple[str, Run]:
    if len(names) > 20_000:
        raise ImportError("a regular expression of that many names takes minutes")
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b", re.IGNORECASE)
    return "regex alternation", lambda article: [
        match.span() for match in pattern.finditer(article.body)
    ]


def _report(articles: list[CleanArticle], runs: dict[str, Run], gazetteer: Gazetteer) -> None:
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            rates[name].append(_rate(run, articles))
    characters = sum(len(article.body) for article in articles) // len(articles)
    names, python = len(gazetteer.finder.patterns), sys.version.split()[0]
    print(f"{len(articles)} articles of {characters} characters, {names} names, Python {python}")
    print(f"{'':26}{'articles/CPU s (median)':>24}{'best':>10}")
    for name, measured in rates.items():
        print(f"{name:26}{statistics.median(measured):24.0f}{max(measured):10.0f}")


def _rate(run: Run, articles: list[CleanArticle]) -> float:
    started, count = time.process_time(), 0
    while time.process_time() - started < A_ROUND_S:
        for article in articles:
            run(article)
        count += len(articles)
    return count / (time.process_time() - started)


def _people(count: int) -> list[Actor]:
    """Make up people, no two of the same name."""
    chance, names = random.Random(6), dict[str, None]()
    while len(names) < count:
        words = (chance.choices(SYLLABLES, k=chance.randint(2, 3)) for _ in range(2))
        names[" ".join("".join(syllables).capitalize() for syllables in words)] = None
    return [
        Actor(id=f"made-up-{number}", name=name, country="SWE", gender="f")
        for number, name in enumerate(names)
    ]


def _resident_mb() -> float:
    """Return the process's resident memory, from /proc, so on Linux only."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 1e6


def _article(path: Path) -> CleanArticle:
    body = path.read_text("utf-8")
    return build_clean_article(
        body,
        article_id=path.stem,
        revision="",
        uri=path.name,
        source="seed",
        headline=body.partition("\n")[0],
        event_time=datetime(2018, 9, 12, tzinfo=UTC),
        event_time_source=TimeSource.MANIFEST,
        sentences=tuple(split_sentences(body)),  # the cleaner states them
    )


if __name__ == "__main__":
    main()
