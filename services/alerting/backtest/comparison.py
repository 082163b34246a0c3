"""The rules of a backtest: candidates, and the rules in force that they would replace. Pure."""

from dataclasses import dataclass
from typing import Self

from services.alerting.backtest.required_terms import Clause, clauses
from services.alerting.rules.rule_set import RuleSet


@dataclass(frozen=True, slots=True, eq=False)
class RuleComparison:
    """``candidate``: the rules to backtest. ``baseline``: the rules in force that they change.

    A rule in force is in the baseline if a candidate has its id and another expression.
    ``compiled`` selects the compiled matcher, which takes a second or two to start; without it each
    rule is evaluated separately. A comparison equals only itself, so that matchers can be cached by
    it.
    """

    candidate: RuleSet
    baseline: RuleSet
    candidate_clauses: tuple[tuple[Clause, ...], ...]
    baseline_clauses: tuple[tuple[Clause, ...], ...]
    new: frozenset[str]
    """Ids of candidates that are not in force."""
    compiled: bool = False

    @classmethod
    def of(cls, candidate: RuleSet, active: RuleSet) -> Self:
        """Compare candidates with the rules in force."""
        expressions = {loaded.rule.rule_id: loaded.rule.when for loaded in candidate.rules}
        active_ids = {loaded.rule.rule_id for loaded in active.rules}
        changed = {
            loaded.rule.rule_id: loaded
            for loaded in active.rules
            if expressions.get(loaded.rule.rule_id, loaded.rule.when) != loaded.rule.when
        }
        baseline = RuleSet(tuple(changed[rule_id] for rule_id in expressions if rule_id in changed))
        return cls(
            candidate=candidate,
            baseline=baseline,
            candidate_clauses=tuple(clauses(loaded.tree) for loaded in candidate.rules),
            baseline_clauses=tuple(clauses(loaded.tree) for loaded in baseline.rules),
            new=frozenset(expressions.keys() - active_ids),
        )
