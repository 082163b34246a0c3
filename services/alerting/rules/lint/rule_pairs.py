"""Rules that repeat each other: the same expression twice, and one that fires only where another one has told the same readers already."""

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
"""For all pairs together: some seconds. With very many rules not every pair is compared."""
_STEPS_A_PAIR: Final = 2_000
_BEGINNING: Final = 3
_LOUDNESS: Final = {severity: loudness for loudness, severity in enumerate(Severity)}


def lint_pairs(rules: Sequence[LoadedRule]) -> list[Problem]:
    """A warning for each rule that another one makes needless, at its expression."""
    needless = list(_duplicates(rules))
    known = {rule.rule.rule_id for rule, _ in needless}
    left = [rule for rule in rules if rule.rule.rule_id not in known]
    return [_duplicate(*pair) for pair in needless] + [_subsumed(*pair) for pair in _pairs(left)]


def _duplicates(rules: Sequence[LoadedRule]) -> Iterator[tuple[LoadedRule, LoadedRule]]:
    first: dict[tuple[str, Threshold | None], LoadedRule] = {}
    for rule in sorted(rules, key=lambda rule: (rule.file, rule.position)):
        other = first.setdefault((rule.rule.when, rule.rule.threshold), rule)
        if other is not rule:
            yield rule, other


def _pairs(rules: Sequence[LoadedRule]) -> Iterator[tuple[LoadedRule, LoadedRule]]:
    """Each subsumed rule with one that subsumes it."""
    left = STEPS
    for rule, others in _candidates(rules):
        for other in others:
            reasoner = Reasoner(min(_STEPS_A_PAIR, left))
            found = (
                other is not rule
                and _tells_as_much(other, rule)
                and reasoner.implies(Claim(rule.tree), Claim(other.tree))
            )
            left -= min(_STEPS_A_PAIR, left) - max(reasoner.steps, 0) + 1
            if found:
                yield rule, other
                break
        if left <= 0:
            return


def _tells_as_much(other: LoadedRule, rule: LoadedRule) -> bool:
    """Whether whoever hears of ``rule`` hears of ``other`` at least as loudly and as soon."""
    if other.rule.threshold not in (None, rule.rule.threshold):
        return False
    return (
        set(rule.rule.destinations) <= set(other.rule.destinations)
        and _LOUDNESS[rule.rule.severity] <= _LOUDNESS[other.rule.severity]
    )


def _candidates(rules: Sequence[LoadedRule]) -> Iterator[tuple[LoadedRule, list[LoadedRule]]]:
    """For each rule those that may subsume it: each one needs something, and what it needs least often elsewhere shares a key with the rule."""
    counts = Counter(key for rule in rules for key in _keys(rule.tree))
    by_key: defaultdict[str, list[LoadedRule]] = defaultdict(list)
    for rule in rules:
        needed = [_keys(part) for part in _conjuncts(rule.tree) if is_positive(part)]
        for key in min(needed, key=lambda keys: sum(counts[key] for key in keys)):
            by_key[key].append(rule)
    for rule in rules:
        found = {
            id(other): other
            for key in sorted(_keys(rule.tree, beginnings=True))
            for other in by_key.get(key, ())
        }
        yield rule, list(found.values())


def _conjuncts(tree: Node) -> list[Node]:
    if isinstance(tree, Where):
        return _conjuncts(tree.of)
    return (
        [part for one in tree.of for part in _conjuncts(one)] if isinstance(tree, And) else [tree]
    )


def _keys(tree: Node, *, beginnings: bool = False) -> frozenset[str]:
    """What stands in the tree: words, tags and what wildcards begin with; with the ``beginnings`` of its words, which a wildcard may find."""
    return frozenset(key for node, _ in walk(tree) for key in _keys_of(node, beginnings=beginnings))


def _keys_of(node: Node, *, beginnings: bool) -> Iterator[str]:
    match node:
        case Tag(kind, id_):
            yield f"{kind}({id_})"
        case Term(words):
            yield from words
            yield from (f"{word[:_BEGINNING]}*" for word in words if beginnings)
        case Wild(pattern):
            yield f"{pattern[:_BEGINNING]}*"


def _duplicate(rule: LoadedRule, other: LoadedRule) -> Problem:
    same = set(rule.rule.destinations) == set(other.rule.destinations)
    better = "remove one of the two" if same else "let one rule notify both"
    return _problem(rule, f"fires exactly where {_named(other)} does", better, "duplicate-rule")


def _subsumed(rule: LoadedRule, other: LoadedRule) -> Problem:
    message = f"fires only where {_named(other)} does, which tells the same readers"
    return _problem(rule, message, "remove it, or say what it is to tell apart", "subsumed-rule")


def _named(rule: LoadedRule) -> str:
    return f"{rule.rule.rule_id} ({rule.file}:{rule.position[0]})"


def _problem(rule: LoadedRule, message: str, suggestion: str, code: str) -> Problem:
    return Problem(
        rule.file, *rule.position, message, suggestion, "warning", code, rule.rule.rule_id
    )
