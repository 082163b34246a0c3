"""Why a rule does not fire on an article, and the smallest change with which it would. Pure.

Each failing clause is corrected in turn by a change of the list in edits.py that helps: one that
leaves fewer clauses failing, and that is still a rule. Of several, the one that would let in the
fewest other articles is chosen, of those the first of the list. The changed rule is evaluated
before it is shown; if no change of the list helps, the answer says so.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from services.alerting.explain.edits import Edit, Spot, candidates
from services.alerting.explain.failure import failures, first_failures, holds
from services.alerting.explain.paths import Path, node_at, region_of
from services.alerting.explain.reasons import reason
from services.alerting.explain.trial_articles import TrialArticles
from services.alerting.language.document import Document
from services.alerting.language.errors import LanguageError
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import Node

MOST_TRIED: Final = 200
"""Changes tried for one clause: a clause of hundreds of words has a bound, too."""
MOST_EDITS: Final = 8
"""The most changes of a rule. If more of its clauses fail, the article is about something else."""
MOST_RANKED: Final = 8
"""Changes that help of which the best is chosen."""
MOST_BRANCHES: Final = 20
"""Branches of an OR whose clauses are tried, if many would do as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """The first failing clause in reading order, what it found, and the smallest change.

    ``offset`` is that of the token in the expression from which the clause came. ``edits`` describe
    one change each; ``rule`` is the changed expression in canonical form, None if no change of the
    list makes the rule fire. ``lets_in`` counts the other articles on which only the changed rule
    would fire, of ``compared``.
    """

    clause: str
    offset: int
    reason: str
    failing: int
    edits: tuple[str, ...]
    rule: str | None
    lets_in: int = 0
    compared: int = 0


def explain_miss(
    tree: Node, document: Document, trials: TrialArticles | None = None
) -> WhyNot | None:
    """Return what keeps the rule from firing, or None if it fires.

    Changes are ranked by how many of the articles of ``trials``, made for this rule, they would let
    in.
    """
    failing = failures(tree, document)
    if not failing:
        return None
    first = node_at(tree, failing[0])
    trials = trials or TrialArticles(tree)
    edits = _find_edits(tree, document, trials) if len(failing) <= MOST_EDITS else None
    return WhyNot(
        clause=_clause_text(tree, failing[0]),
        offset=first.offset,
        reason=reason(first, document, region_of(tree, failing[0])),
        failing=len(failing),
        edits=tuple(edit.description for edit in edits or ()),
        rule=canonical(edits[-1].tree) if edits else None,
        lets_in=trials.count_let_in(edits[-1].tree, document) if edits else 0,
        compared=trials.count_others(document),
    )


def _find_edits(tree: Node, document: Document, trials: TrialArticles) -> list[Edit] | None:
    """Return the changes, in order, after the last of which the rule fires.

    None if a clause cannot be corrected.
    """
    edits: list[Edit] = []
    while failing := failures(tree, document):
        edit = _best_helpful(
            [Spot(tree, path, document) for path in first_failures(tree, document)[:MOST_BRANCHES]],
            len(failing),
            trials,
        )
        if edit is None:
            return None
        edits.append(edit)
        tree = edit.tree
    return edits if holds(tree, document) else None


def _best_helpful(spots: list[Spot], failing: int, trials: TrialArticles) -> Edit | None:
    """Return the helpful change that lets in the fewest other articles, or None."""
    document = spots[0].document
    helpful = (
        edit
        for edit in islice(candidates(spots), MOST_TRIED)
        if _is_rule(edit.tree) and len(failures(edit.tree, document)) < failing
    )
    if not trials.has_misses(document):
        return next(helpful, None)
    return min(
        islice(helpful, MOST_RANKED),
        key=lambda edit: trials.count_let_in(edit.tree, document),
        default=None,
    )


def _is_rule(tree: Node) -> bool:
    """Return whether the tree can be written: its text must mean the same tree."""
    try:
        return parse(canonical(tree)) == tree
    except LanguageError:
        return False


def _clause_text(tree: Node, path: Path) -> str:
    return region_of(tree, path).enclose_text(canonical(node_at(tree, path)))
