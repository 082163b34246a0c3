"""The rules that are tried, beside those that they would replace. Pure."""

from dataclasses import dataclass
from typing import Self

from services.alerting.backtest.required_terms import Clause, clauses
from services.alerting.rules.rule_set import LoadedRule, RuleSet


@dataclass(frozen=True, slots=True, eq=False)
class RuleComparison:
    """``tried``: the rules to backtest. ``replaced``: the rules in force that have the id of one of them and another expression.

    ``compiled``: whether the compiled matcher answers, which takes a second or two to start; without it each rule is asked by itself.
    A policy equals itself only, so that what is built for one can be kept under it.
    """

    candidate: RuleSet
    baseline: RuleSet
    tried_clauses: tuple[tuple[Clause, ...], ...]
    replaced_clauses: tuple[tuple[Clause, ...], ...]
    new: frozenset[str]
    """Ids of rules that are not in force."""
    compiled: bool = False

    @classmethod
    def of(cls, tried: RuleSet, in_force: RuleSet) -> Self:
        """The rules to try against the rules in force."""
        now = {loaded.rule.rule_id: loaded for loaded in in_force.rules}
        others = [
            now[one.rule.rule_id]
            for one in tried.rules
            if one.rule.rule_id in now and _differs(one, now[one.rule.rule_id])
        ]
        return cls(
            candidate=tried,
            baseline=RuleSet(tuple(others)),
            tried_clauses=tuple(clauses(one.tree) for one in tried.rules),
            replaced_clauses=tuple(clauses(one.tree) for one in others),
            new=frozenset(one.rule.rule_id for one in tried.rules if one.rule.rule_id not in now),
        )


def _differs(one: LoadedRule, other: LoadedRule) -> bool:
    """Whether the two may fire on different articles."""
    return one.rule.when != other.rule.when
