"""Compare the matcher with the plain evaluator: ``python -m tests.matcher_pairs 1000000``.

Rules and articles are drawn together a few at a time, and then every rule meets every article; all
rules are in one matcher.
"""

import sys
from math import isqrt

from hypothesis import HealthCheck, Phase, given, settings

from services.alerting.language.document import Document
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.tree import Node
from services.alerting.matcher.matcher import Matcher
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.schemas import Rule, Severity
from tests.language_articles import documents
from tests.language_trees import trees


def make_rule(number: int, tree: Node) -> LoadedRule:
    made = Rule(
        rule_id=f"{number:06}",
        revision="r",
        title="t",
        severity=Severity.LOW,
        when="",
        destinations=(),
    )
    return LoadedRule(rule=made, tree=tree, file="rules.yaml")


def draw_pairs(count: int) -> tuple[list[LoadedRule], list[Document]]:
    """So many rules, and as many articles."""
    found_rules: list[LoadedRule] = []
    found_articles: list[Document] = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(trees(), documents)
    def draw(tree: Node, article: Document) -> None:
        found_rules.append(make_rule(len(found_rules), tree))
        found_articles.append(article)

    draw()
    return found_rules, found_articles


def differences(pairs: int) -> tuple[int, int, list[str]]:
    """Return how many pairs were compared and fired, and those where the two sides differ."""
    rules, articles = draw_pairs(isqrt(pairs - 1) + 1)
    matcher, fires, differ = Matcher(rules), 0, list[str]()
    for article in articles:
        fast = {rule.rule.rule_id for rule in matcher.matching(article)}
        slow = {rule.rule.rule_id for rule in rules if evaluate(rule.tree, article) is not None}
        fires += len(slow)
        differ += [
            f"{canonical(rules[int(rule_id)].tree)} on {article.headline.text!r}, "
            f"{article.deck.text!r}, {article.body.text!r}, {article.scopes}"
            for rule_id in fast ^ slow
        ]
    return len(rules) * len(articles), fires, differ


if __name__ == "__main__":
    compared, fired, wrong = differences(int(sys.argv[1]))
    sys.stdout.write(
        "".join(f"{one}\n" for one in wrong)
        + f"{compared} pairs, of which {fired} fire; {len(wrong)} differ\n"
    )
    sys.exit(bool(wrong))
