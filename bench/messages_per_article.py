"""Messages per article with the shipped rules: one for each alert, and through the grouping.

    python -m bench.messages_per_article PATH... [--rules seeds/rules] [--routes FILE]
        [--expr EXPRESSION]

Each path is a text, a page, a folder of them or JSON lines, and a line of the table. Articles go
through cleaner, tagger and rules, as in the services, and their alerts through the simulation that
backtests use. One message for each alert and destination is what was sent before there were
stories. ``--expr`` tries one expression in place of the rules.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.alerting.backtest.message_counts import ReceiverCounts, count_messages
from services.alerting.backtest.simulation import pack_article, simulate
from services.alerting.backtest.trial_rule import build_trial_rule
from services.alerting.language.parsing.parse import parse
from services.alerting.match.match import match
from services.alerting.matcher.matcher import Matcher
from services.alerting.routes.parse_routes import load_routes
from services.alerting.routes.routes import Routes, route_alerts
from services.alerting.rules.rule_set import load_rules
from services.console.inputs.tagged_inputs import Article, iter_tagged_articles
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from shared.base.project import project_root
from shared.messages.schemas import Alert, TaggedArticle

SEEDS: Final = project_root() / "seeds"


@dataclass(slots=True)
class Measured:
    """What a set of articles leads to."""

    articles: int = 0
    alerts: list[Alert] = field(default_factory=list)
    packed: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def add(self, article: TaggedArticle, alerts: Iterable[Alert]) -> None:
        """Count an article, and keep it if it has alerts."""
        self.articles += 1
        before = len(self.alerts)
        self.alerts += alerts
        if len(self.alerts) > before:
            clean = article.article
            self.packed[clean.article_id, clean.revision] = pack_article(article)


def measure(path: Path, rules: Matcher, gazetteer: Gazetteer) -> Measured:
    """Match the articles of a path."""
    measured = Measured()
    for item in iter_tagged_articles([path], gazetteer):
        if isinstance(item, Article):
            measured.add(item.tagged, match(item.tagged, rules))
    return measured


def report(path: Path, measured: Measured, routes: Routes) -> None:
    """Print the line of a path, and what each receiver gets."""
    started = time.process_time()
    counts = count_messages(simulate(measured.alerts, measured.packed, routes), routes)
    spent_ms = 1_000 * (time.process_time() - started) / max(len(measured.packed), 1)
    routed = route_alerts(measured.alerts, routes)
    before = sum(len(alert.destinations) for alert in routed)
    after = sum(each.messages for each in counts)
    articles = max(measured.articles, 1)
    print(
        f"{path.name:24}{measured.articles:9}{len(measured.packed):8}{len(measured.alerts):8}"
        f"{before:10}{before / articles:10.3f}{after:10}{after / articles:10.3f}{spent_ms:10.1f}"
    )
    for each in counts:
        print(f"    {each.destination}: {describe(each)}")


def describe(counts: ReceiverCounts) -> str:
    """Return the kinds of a receiver's messages."""
    kinds = Counter(counts.kinds)
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--rules", type=Path, default=SEEDS / "rules")
    parser.add_argument("--routes", type=Path)
    parser.add_argument("--expr")
    options = parser.parse_args()
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    loaded = load_rules(options.rules).rules
    if options.expr:
        loaded = (build_trial_rule(parse(options.expr)),)
    rules = Matcher(loaded)
    routes = load_routes(options.routes) if options.routes else Routes()
    print(
        f"{'':24}{'articles':>9}{'firing':>8}{'alerts':>8}"
        f"{'an alert':>10}{'/article':>10}{'grouped':>10}{'/article':>10}{'ms CPU':>10}"
    )
    for path in options.paths:
        report(path, measure(path, rules, gazetteer), routes)


if __name__ == "__main__":
    main()
