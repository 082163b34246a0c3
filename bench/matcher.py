"""Articles a second through the matcher, beside Lucene Monitor with its two presearchers.

Both sides have the same rules and articles, the same document frequencies to file rules by, one thread, and take turns, JIT and caches warm.
Times are processor time of that thread: of Lucene's that leaves its compiler and its collector out. What each form is in Lucene: word TermQuery,
phrase PhraseQuery, stem* PrefixQuery, organi?ation WildcardQuery, AND/OR/NOT BooleanQuery, W/n maxgaps of unorderedNoOverlaps, PRE/n of ordered,
NOT W/n notWithin, ATLEASTn ordered n times, headline() the field, source() and lang() StringFields. W/S, W/P, lead(), exact() and tags have no
query there: rules with them are in the row "full language", ours alone. Both give the ids of the rules that fire, not where.

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

from bench.lucene.corpus import Article, Rule, Rules, articles_of
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
from shared.base.settings import project_root
from shared.messages.schemas import (
    ActorOnDate,
    CleanArticle,
    Mention,
    Severity,
    TaggedArticle,
    TimeSource,
)
from shared.messages.schemas import Rule as RuleMessage
from shared.text.sentences import split_sentences

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
    options = _options()
    if options.size:
        _one_size(options.size, articles_of(options.articles), options.rounds)
        return
    print(
        f"{'':34}{'rules':>8}{'articles/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'build s':>9}{'MB':>7}{'swap p50 ms':>13}{'max':>9}",
        flush=True,
    )
    for size in options.sizes.split(","):
        given = ["--articles", str(options.articles)] if options.articles else []
        subprocess.run(
            [
                sys.executable,
                "-m",
                "bench.matcher",
                "--size",
                size,
                "--rounds",
                str(options.rounds),
                *given,
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
    rules = Rules(articles)
    ours = Ours(rules.draw(size), rules, articles)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("rules.json", "articles.json")]
        for file, content in zip(files, (ours.drawn, articles), strict=True):
            file.write_bytes(orjson.dumps(content))
        path = harness(JARS)
        peers = {name: Monitor(path, files[0], files[1], name) for name in ("term", "multipass")}
        ran = _in_turns(ours, peers, rounds)
        differ = _differences(ours, peers["term"], Path(folder) / "matches")
        _row("summitwire", size, ran["summitwire"], ours.build_s, ours.megabytes, ours.swap())
        for name, peer in peers.items():
            memory = peer.ask("memory")
            _row(
                f"Lucene Monitor, {name}",
                size,
                ran[name],
                memory["build"],
                memory["resident"],
                peer.ask(f"swap {SWAPS}"),
            )
            peer.close()
    print(f"    {differ}\n    {ours.told}", flush=True)
    alone = Ours(rules.draw(size, full=True), rules, articles)
    _row(
        "summitwire, full language",
        size,
        [alone.run() for _ in range(rounds)],
        alone.build_s,
        alone.megabytes,
        alone.swap(),
    )


def _in_turns(
    ours: "Ours", peers: dict[str, Monitor], rounds: int
) -> dict[str, list[dict[str, float]]]:
    ours.run()
    for peer in peers.values():
        peer.ask(f"warm {WARM_S}")
    ran: dict[str, list[dict[str, float]]] = {"summitwire": [], **{name: [] for name in peers}}
    for _ in range(rounds):
        ran["summitwire"].append(ours.run())
        for name, peer in peers.items():
            ran[name].append(peer.ask("run"))
    return ran


class Ours:
    """The matcher with these rules, and the articles."""

    def __init__(self, drawn: list[Rule], rules: Rules, articles: Sequence[Article]) -> None:
        self.drawn, before = drawn, _resident()
        self._chance = random.Random(1)
        self._articles = [_tagged(self._chance, article) for article in articles]
        self._rules = [_loaded(number, _tree(rule)) for number, rule in enumerate(drawn)]
        loaded, started = _resident(), time.thread_time()
        share = len(articles) + 1
        self._matcher = Matcher(
            self._rules, lambda _kind, text: (rules.frequency[text] + 0.1) / share
        )
        gc.freeze()  # or the collector walks over all rules again and again
        self.build_s, self.megabytes = time.thread_time() - started, _resident()
        self.told = f"of the MB of summitwire {loaded - before:.0f} are the rules with their trees, {self.megabytes - loaded:.0f} the matcher"

    def matches(self) -> list[list[int]]:
        """By article the numbers of the rules that fire."""
        return [
            sorted(int(rule.rule.rule_id) for rule in self._matcher.matching(article))
            for article in self._articles
        ]

    def run(self) -> dict[str, float]:
        """One round over all articles."""
        spent = []
        for article in self._articles:
            started = time.thread_time()
            self._matcher.matching(article)
            spent.append(1e3 * (time.thread_time() - started))
        spent.sort()
        return {
            "rate": 1e3 * len(spent) / sum(spent),
            "p50": spent[len(spent) // 2],
            "p99": spent[len(spent) * 99 // 100],
        }

    def swap(self) -> dict[str, float]:
        """Exchange rules for others, one by one; afterwards the set is another one."""
        spent = []
        for _ in range(SWAPS):
            rule, other = self._chance.choice(self._rules), self._chance.choice(self._rules)
            changed = replace(rule, tree=other.tree)
            started = time.thread_time()
            self._matcher.put(changed)
            spent.append(1e3 * (time.thread_time() - started))
        return {"p50": statistics.median(spent), "max": max(spent)}


def _differences(ours: Ours, peer: Monitor, file: Path) -> str:
    peer.ask(f"matches {file}")
    theirs = [set(orjson.loads(line)) for line in file.read_bytes().splitlines()]
    pairs = list(zip(map(set, ours.matches()), theirs, strict=True))
    both = sum(len(mine & other) for mine, other in pairs)
    mine_only, only = (
        Counter(_form(ours.drawn[rule]) for a, b in pairs for rule in (a - b if first else b - a))
        for first in (True, False)
    )
    return f"both fire {both}; only summitwire {mine_only.total()} {dict(mine_only)}, only Lucene {only.total()} {dict(only)}"


def _form(rule: Rule) -> str:
    """Its form, and those that stand in its AND."""
    return (
        f"and({','.join(sorted({part[0] for part in rule[1]}))})"
        if rule[0] == "and"
        else str(rule[0])
    )


def _row(
    name: str,
    size: int,
    ran: list[dict[str, float]],
    build_s: float,
    megabytes: float,
    swap: dict[str, float],
) -> None:
    rate, p50, p99 = (statistics.median(one[key] for one in ran) for key in ("rate", "p50", "p99"))
    print(
        f"{name:34}{size:8}{rate:12.0f}{p50:9.3f}{p99:9.3f}{build_s:9.1f}{megabytes:7.0f}{swap['p50']:13.3f}{swap['max']:9.3f}",
        flush=True,
    )


def _resident() -> float:
    status = Path("/proc/self/status").read_text("ascii")
    return next(
        int(line.split()[1]) / 1e3 for line in status.splitlines() if line.startswith("VmRSS")
    )


def _tree(rule: Rule) -> Node:  # noqa: C901 - one line a form
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
    """The article with thirty mentions of twelve actors here and there, as the tagger might find them."""
    headline, body, source, language = article
    clean = CleanArticle(
        article_id="a", revision="r", uri="u", source=source, headline=headline, body=body, language=language, language_confidence=1.0,
        event_time=datetime(2026, 11, 27, tzinfo=UTC), event_time_source=TimeSource.PAGE, content_sha256="", signature=(),
        paragraphs=(), sentences=tuple(split_sentences(body)),
    )  # fmt: skip
    actors = [f"a{chance.randrange(500)}" for _ in range(12)]
    places = [(chance.randrange(len(body)), chance.choice(actors)) for _ in range(30)]
    mentions = tuple(
        Mention(field="body", start=at, end=at + 9, surface="", kind="name", actor=actor)
        for at, actor in places
    )
    return TaggedArticle(
        article=clean,
        tagger_revision="t",
        mentions=mentions,
        actors=tuple(ActorOnDate(actor=one, name=one) for one in actors),
    )


if __name__ == "__main__":
    main()
