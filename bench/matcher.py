"""Articles per second through the matcher, beside Lucene Monitor with its two presearchers.

Both have the same rules and articles, the same document frequencies to index rules by, and one
thread. They take turns, with JIT and caches warm. Times are CPU time of that thread, which leaves
out Lucene's compiler and garbage collector. Both return the ids of the rules that fire, not where.

The forms in Lucene: word TermQuery, phrase PhraseQuery, stem* PrefixQuery, organi?ation
WildcardQuery, AND/OR/NOT BooleanQuery, W/n maxgaps of unorderedNoOverlaps, PRE/n of ordered,
NOT W/n notWithin, ATLEASTn ordered n times, headline() the field, source() and lang() StringFields.
W/S, W/P, lead(), exact() and tags have no such query: rules with them are in the row "full
language", for summitwire alone.

Run: python -m bench.matcher [--articles FILE-OR-FOLDER] [--sizes 1000,10000,100000] [--rounds 5]
"""

import argparse
import gc
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench.lucene.corpus import Article, Rule, RuleGenerator, load_articles
from bench.lucene.monitor import Monitor, harness
from services.alerting.language.tree import (
    AtLeast,
    Filter,
    Near,
    Node,
    Not,
    Tag,
    Term,
    Where,
    Wild,
    all_of,
    any_of,
)
from services.alerting.matcher.matcher import Matcher
from services.alerting.rules.rule_set import LoadedRule
from shared.base.project import project_root
from shared.messages.schemas import (
    ActorOnDate,
    Mention,
    Severity,
    TaggedArticle,
)
from shared.messages.schemas import Rule as RuleMessage
from shared.text.sentences import split_sentences
from tests.builders import build_clean_article

JARS = project_root() / "var" / "bench" / "lucene"
SWAPS = 200
WARM_S = 8
UNITS: dict[str, Any] = {
    "near": "words",
    "pre": "in order",
    "notnear": "words",
    "sentence": "sentence",
    "paragraph": "paragraph",
}


def main() -> None:
    """Print the rows of each size; each size runs in a process of its own."""
    options = _options()
    if options.size:
        _one_size(options.size, load_articles(options.articles), options.rounds)
        return
    print(
        f"{'':34}{'rules':>8}{'articles/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'build s':>9}{'MB':>7}"
        f"{'swap p50 ms':>13}{'max':>9}",
        flush=True,
    )
    for size in options.sizes.split(","):
        articles = ["--articles", str(options.articles)] if options.articles else []
        subprocess.run(
            [
                sys.executable,
                "-m",
                "bench.matcher",
                "--size",
                size,
                "--rounds",
                str(options.rounds),
                *articles,
            ],
            check=True,
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _one_size(size: int, articles: Sequence[Article], rounds: int) -> None:
    rules = RuleGenerator(articles)
    local = Contender(rules.draw(size), rules, articles)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("rules.json", "articles.json")]
        for file, content in zip(files, (local.drawn, articles), strict=True):
            file.write_bytes(orjson.dumps(content))
        path = harness(JARS)
        monitors = {name: Monitor(path, files[0], files[1], name) for name in ("term", "multipass")}
        results = _run_in_turns(local, monitors, rounds)
        differences = _differences(local, monitors["term"], Path(folder) / "matches")
        _row(
            "summitwire", size, results["summitwire"], local.build_s, local.megabytes, local.swap()
        )
        for name, peer in monitors.items():
            memory = peer.ask("memory")
            _row(
                f"Lucene Monitor, {name}",
                size,
                results[name],
                memory["build"],
                memory["resident"],
                peer.ask(f"swap {SWAPS}"),
            )
            peer.close()
    print(f"    {differences}\n    {local.memory_note}", flush=True)
    full = Contender(rules.draw(size, full=True), rules, articles)
    _row(
        "summitwire, full language",
        size,
        [full.run() for _ in range(rounds)],
        full.build_s,
        full.megabytes,
        full.swap(),
    )


def _run_in_turns(
    local: "Contender", monitors: dict[str, Monitor], rounds: int
) -> dict[str, list[dict[str, float]]]:
    local.run()
    for peer in monitors.values():
        peer.ask(f"warm {WARM_S}")
    results: dict[str, list[dict[str, float]]] = {
        "summitwire": [],
        **{name: [] for name in monitors},
    }
    for _ in range(rounds):
        results["summitwire"].append(local.run())
        for name, peer in monitors.items():
            results[name].append(peer.ask("run"))
    return results


class Contender:
    """The matcher with its rules, and the articles."""

    def __init__(
        self, drawn: list[Rule], rules: RuleGenerator, articles: Sequence[Article]
    ) -> None:
        self.drawn, before = drawn, _resident()
        self._chance = random.Random(1)
        self._articles = [_tagged(self._chance, article) for article in articles]
        self._rules = [_loaded(number, _tree(rule)) for number, rule in enumerate(drawn)]
        loaded, started = _resident(), time.thread_time()
        share = len(articles) + 1
        self._matcher = Matcher(
            self._rules, lambda _kind, text: (rules.frequency[text] + 0.1) / share
        )
        gc.freeze()  # otherwise each collection walks over all rules
        self.build_s, self.megabytes = time.thread_time() - started, _resident()
        self.memory_note = (
            f"of summitwire's MB, {loaded - before:.0f} are the rules with their trees,"
            f" {self.megabytes - loaded:.0f} the matcher"
        )

    def matches(self) -> list[list[int]]:
        """Return the numbers of the rules that fire, for each article."""
        return [
            sorted(int(rule.rule.rule_id) for rule in self._matcher.matching(article))
            for article in self._articles
        ]

    def run(self) -> dict[str, float]:
        """Match all articles once; return articles per second and the quantiles."""
        times_ms = []
        for article in self._articles:
            started = time.thread_time()
            self._matcher.matching(article)
            times_ms.append(1e3 * (time.thread_time() - started))
        times_ms.sort()
        return {
            "rate": 1e3 * len(times_ms) / sum(times_ms),
            "p50": times_ms[len(times_ms) // 2],
            "p99": times_ms[len(times_ms) * 99 // 100],
        }

    def swap(self) -> dict[str, float]:
        """Replace rules one by one, which changes the set; return the quantiles."""
        times_ms = []
        for _ in range(SWAPS):
            rule, other = self._chance.choice(self._rules), self._chance.choice(self._rules)
            changed = replace(rule, tree=other.tree)
            started = time.thread_time()
            self._matcher.put(changed)
            times_ms.append(1e3 * (time.thread_time() - started))
        return {"p50": statistics.median(times_ms), "max": max(times_ms)}


def _differences(local: Contender, peer: Monitor, file: Path) -> str:
    peer.ask(f"matches {file}")
    theirs = [set(orjson.loads(line)) for line in file.read_bytes().splitlines()]
    pairs = list(zip(map(set, local.matches()), theirs, strict=True))
    shared = sum(len(left & right) for left, right in pairs)
    left_only = Counter(_form(local.drawn[rule]) for a, b in pairs for rule in a - b)
    right_only = Counter(_form(local.drawn[rule]) for a, b in pairs for rule in b - a)
    return (
        f"both fire {shared}; only summitwire {left_only.total()} {dict(left_only)},"
        f" only Lucene {right_only.total()} {dict(right_only)}"
    )


def _form(rule: Rule) -> str:
    """Return the form of a rule, with the forms of its parts if it is an AND."""
    return (
        f"and({','.join(sorted({part[0] for part in rule[1]}))})"
        if rule[0] == "and"
        else str(rule[0])
    )


def _row(
    name: str,
    size: int,
    results: list[dict[str, float]],
    build_s: float,
    megabytes: float,
    swap: dict[str, float],
) -> None:
    rate, p50, p99 = (
        statistics.median(result[key] for result in results) for key in ("rate", "p50", "p99")
    )
    print(
        f"{name:34}{size:8}{rate:12.0f}{p50:9.3f}{p99:9.3f}{build_s:9.1f}{megabytes:7.0f}"
        f"{swap['p50']:13.3f}{swap['max']:9.3f}",
        flush=True,
    )


def _resident() -> float:
    status = Path("/proc/self/status").read_text("ascii")
    return next(
        int(line.split()[1]) / 1e3 for line in status.splitlines() if line.startswith("VmRSS")
    )


def _tree(rule: Rule) -> Node:  # noqa: C901 - a line per form
    form, *rest = rule
    match form:
        case "word":
            return Term((rest[0],))
        case "phrase":
            return Term(tuple(rest[0]))
        case "exact":
            return Term((rest[0],), exact=True)
        case "wild":
            return Wild(rest[0])
        case "source" | "lang":
            return Filter(form, rest[0])
        case "actor":
            return Tag("actor", rest[0])
        case "or" | "and":
            return (any_of if form == "or" else all_of)(map(_tree, rest[0]))
        case "not":
            return Not(_tree(rest[0]))
        case "headline" | "lead":
            return Where(form, _tree(rest[0]))
        case "atleast":
            return AtLeast(rest[0], _tree(rest[1]))
        case _:
            return Near(
                _tree(rest[1]), _tree(rest[2]), UNITS[form], rest[0], negated=form == "notnear"
            )


def _loaded(number: int, tree: Node) -> LoadedRule:
    message = RuleMessage(
        rule_id=f"{number:06}",
        revision="r",
        title=f"Rule {number}",
        severity=Severity.LOW,
        when="",
        destinations=(),
    )
    return LoadedRule(rule=message, tree=tree, file="rules.yaml")


def _tagged(chance: random.Random, article: Article) -> TaggedArticle:
    """Return the article with thirty mentions of twelve actors at random places."""
    headline, body, source, language = article
    clean = build_clean_article(
        body,
        source=source,
        headline=headline,
        language=language,
        event_time=datetime(2026, 11, 27, tzinfo=UTC),
        sentences=tuple(split_sentences(body)),
    )
    actors = [f"a{chance.randrange(500)}" for _ in range(12)]
    places = [(chance.randrange(len(body)), chance.choice(actors)) for _ in range(30)]
    mentions = tuple(
        Mention(field="body", start=start, end=start + 9, surface="", kind="name", actor=actor)
        for start, actor in places
    )
    return TaggedArticle(
        article=clean,
        tagger_revision="t",
        mentions=mentions,
        actors=tuple(ActorOnDate(actor=actor, name=actor) for actor in actors),
    )


if __name__ == "__main__":
    main()
