"""Quality of the shipped rules on articles whose right alerts are known.

    python bench/rule_quality.py tests/passages/rules/dev.txt [MORE…] [--rules seeds/rules]

Each article goes through tagger and rules, as in the services. The table shows for each rule how
many alerts are right, false and missing, with precision, recall and F1; then the same for all
rules and for the critical ones alone.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.alerting.language.check import Vocabulary
from services.alerting.language.document import prepare
from services.alerting.language.evaluate import evaluate
from services.alerting.rules.rule_set import RuleSet, load_rule_files
from services.cleaner.plain_text import article_from_text
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.messages.schemas import Severity, TaggedArticle

_BLOCK: Final = re.compile(r"(?m)^== ")
_HEADLINE: Final = "H:"


@dataclass(frozen=True, slots=True)
class Case:
    """An article and the ids of the rules that should fire on it."""

    id: str
    article: TaggedArticle
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scores:
    """How many alerts are right, false and missing."""

    right: int
    false: int
    missing: int

    @property
    def precision(self) -> float:
        """The share of the alerts that are right; 1 if there are none."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """The share of the right alerts that were raised; 1 if there are none."""
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(slots=True)
class Tally:
    """Right, false and missing alerts by rule."""

    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, expected: frozenset[str], fired: frozenset[str]) -> None:
        """Count the alerts of one article."""
        self.right.update(expected & fired)
        self.false.update(fired - expected)
        self.missing.update(expected - fired)

    def scores(self, rules: frozenset[str]) -> Scores:
        """Return how these rules together did."""
        right, false, missing = (
            sum(counts[rule] for rule in rules) for counts in (self.right, self.false, self.missing)
        )
        return Scores(right, false, missing)

    def row(self, name: str, rules: frozenset[str]) -> str:
        """Return a line of the table for these rules together."""
        s = self.scores(rules)
        counts = f"{s.right:6}{s.false:6}{s.missing:8}"
        return f"{name:42}{counts}{s.precision:10.2f}{s.recall:8.2f}{s.f1:6.2f}"


def cases(path: Path, gazetteer: Gazetteer) -> Iterator[Case]:
    """Yield the articles of a file of passages, tagged as of their day."""
    for block in _BLOCK.split(path.read_text("utf-8"))[1:]:
        head, *lines = block.strip().split("\n")
        id_, day, rules = (part.strip() for part in head.split("|"))
        headline = lines.pop(0).removeprefix(_HEADLINE).strip() if lines else ""
        clean = article_from_text(
            headline,
            "\n".join(lines).strip(),
            published_at=datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC),
            source="bench",
            namespace="bench",
        )
        expected = frozenset(rules.replace(",", " ").split()) - {"-"}
        yield Case(f"{path.name}:{id_}", tag(clean, gazetteer), expected)


def main() -> None:
    """Print the table, and with --show each false and missing alert."""
    parser = argparse.ArgumentParser(description="Quality of rules on articles with known alerts.")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--rules", type=Path, default=Path("seeds/rules"))
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    gazetteer = load_gazetteer(Path("seeds/actors"), Path("seeds/keywords"))
    paths = tuple(sorted(arguments.rules.glob("*.yaml")))
    rules = load_rule_files(paths, Vocabulary.from_gazetteer(gazetteer))
    tally = Tally()
    mistakes = add_cases(tally, arguments.files, rules, gazetteer)
    if arguments.show:
        print("\n".join(mistakes))
    print(
        f"{'rule':42}{'right':>6}{'false':>6}{'missing':>8}{'precision':>10}{'recall':>8}{'F1':>6}"
    )
    by_id = {loaded.rule.rule_id: loaded.rule for loaded in rules.rules}
    for rule_id in sorted(by_id):
        print(tally.row(rule_id, frozenset({rule_id})))
    critical = frozenset(i for i, rule in by_id.items() if rule.severity is Severity.CRITICAL)
    print(tally.row("all", frozenset(by_id)))
    print(tally.row("critical", critical))


def add_cases(
    tally: Tally, paths: Iterable[Path], rules: RuleSet, gazetteer: Gazetteer
) -> list[str]:
    """Count the alerts on the articles of these files; return the mistakes as lines."""
    mistakes = []
    for path in paths:
        for case in cases(path, gazetteer):
            fired = _fired(rules, case.article)
            tally.add(case.rules, fired)
            if fired != case.rules:
                mistakes += [
                    f"{case.id}: {case.article.article.headline}",
                    f"    false: {', '.join(sorted(fired - case.rules)) or '-'}",
                    f"    missing: {', '.join(sorted(case.rules - fired)) or '-'}",
                ]
    return mistakes


def _fired(rules: RuleSet, article: TaggedArticle) -> frozenset[str]:
    document = prepare(article)
    return frozenset(
        loaded.rule.rule_id for loaded in rules.rules if evaluate(loaded.tree, document) is not None
    )


if __name__ == "__main__":
    main()
