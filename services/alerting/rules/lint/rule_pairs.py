"""Rules that repeat each other.

Two with the same expression, and one that fires only where another one notifies the same readers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from services.alerting.language.parsing.shape import is_positive
from services.alerting.language.tree import And, Node, Tag, Term, Where, Wild, walk
from services.alerting.rules.lint.implication import Claim, Reasoner
from services.alerting.rules.rule_set import LoadedRule
from shared.files.yaml_document import Problem
from shared.messages.schemas import Severity, Threshold

STEPS: Final = 1_000_000
"""Reasoning steps for all pairs: some seconds. With very many rules not every pair is compared."""
_STEPS_A_PAIR: Final = 2_000
_BEGINNING: Final = 3
_LOUDNESS: Final = {severity: loudness for loudness, severity in enumerate(Severity)}


def lint_pairs(rules: Sequence[LoadedRule]) -> list[Problem]:
    """Return a warning for each rule that another one makes redundant, at its expression."""
    needless = list(_duplicates(rules))
    duplicate_ids = {rule.rule.rule_id for rule, _ in needless}
    remaining = [rule for rule in rules if rule.rule.rule_id not in duplicate_ids]
    return [_report_duplicate(*pair) for pair in needless] + [
        _report_subsumed(*pair) for pair in _pairs(remaining)
    ]


def _duplicates(rules: Sequence[LoadedRule]) -> Iterator[tuple[LoadedRule, LoadedRule]]:
    first: dict[tuple[str, Threshold | None], LoadedRule] = {}
    for rule in sorted(rules, key=lambda rule: (rule.file, rule.position)):
        earlier = first.setdefault((rule.rule.when, rule.rule.threshold), rule)
        if earlier is not rule:
            yield rule, earlier


def _pairs(rules: Sequence[LoadedRule]) -> Iterator[tuple[LoadedRule, LoadedRule]]:
    """Yield each subsumed rule with one that subsumes it."""
    steps = STEPS
    for rule, candidates in _candidates(rules):
        for candidate in candidates:
            reasoner = Reasoner(min(_STEPS_A_PAIR, steps))
            is_subsumed = (
                candidate is not rule
                and _notifies_as_much(candidate, rule)
                and reasoner.implies(Claim(rule.tree), Claim(candidate.tree))
            )
            steps -= min(_STEPS_A_PAIR, steps) - max(reasoner.steps, 0) + 1
            if is_subsumed:
                yield rule, candidate
                break
        if steps <= 0:
            return


def _notifies_as_much(wide: LoadedRule, rule: LoadedRule) -> bool:
    """Return whether readers of ``rule`` get ``wide`` at least as loudly and as soon."""
    if wide.rule.threshold not in (None, rule.rule.threshold):
        return False
    return (
        set(rule.rule.destinations) <= set(wide.rule.destinations)
        and _LOUDNESS[rule.rule.severity] <= _LOUDNESS[wide.rule.severity]
    )


def _candidates(rules: Sequence[LoadedRule]) -> Iterator[tuple[LoadedRule, list[LoadedRule]]]:
    """Yield each rule with those that may subsume it.

    Each of those needs something; what it needs and is rarest elsewhere shares a key with the rule.
    """
    counts = Counter(key for rule in rules for key in _keys(rule.tree))
    by_key: defaultdict[str, list[LoadedRule]] = defaultdict(list)
    for rule in rules:
        needed = [_keys(part) for part in _conjuncts(rule.tree) if is_positive(part)]
        for key in min(needed, key=lambda keys: sum(counts[key] for key in keys)):
            by_key[key].append(rule)
    for rule in rules:
        candidates = {
            id(candidate): candidate
            for key in sorted(_keys(rule.tree, beginnings=True))
            for candidate in by_key.get(key, ())
        }
        yield rule, list(candidates.values())


def _conjuncts(tree: Node) -> list[Node]:
    if isinstance(tree, Where):
        return _conjuncts(tree.of)
    return (
        [part for operand in tree.of for part in _conjuncts(operand)]
        if isinstance(tree, And)
        else [tree]
    )


def _keys(tree: Node, *, beginnings: bool = False) -> frozenset[str]:
    """Return the words and tags of a tree, and what its wildcards begin with.

    With ``beginnings`` also the beginnings of its words, which a wildcard may match.
    """
    return frozenset(key for node, _ in walk(tree) for key in _keys_of(node, beginnings=beginnings))


def _keys_of(node: Node, *, beginnings: bool) -> Iterator[str]:
    match node:
        case Tag():
            yield node.clause
        case Term(words):
            yield from words
            yield from (f"{word[:_BEGINNING]}*" for word in words if beginnings)
        case Wild(pattern):
            yield f"{pattern[:_BEGINNING]}*"


def _report_duplicate(rule: LoadedRule, earlier: LoadedRule) -> Problem:
    has_same_readers = set(rule.rule.destinations) == set(earlier.rule.destinations)
    suggestion = "remove one of the two" if has_same_readers else "let one rule notify both"
    return _problem(
        rule, f"fires exactly where {_label(earlier)} does", suggestion, "duplicate-rule"
    )


def _report_subsumed(rule: LoadedRule, wide: LoadedRule) -> Problem:
    message = f"fires only where {_label(wide)} does, which notifies the same readers"
    return _problem(rule, message, "remove it, or add what distinguishes it", "subsumed-rule")


def _label(rule: LoadedRule) -> str:
    return f"{rule.rule.rule_id} ({rule.file}:{rule.position[0]})"


def _problem(rule: LoadedRule, message: str, suggestion: str, code: str) -> Problem:
    return Problem(
        rule.file, *rule.position, message, suggestion, "warning", code, rule.rule.rule_id
    )
