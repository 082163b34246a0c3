"""An expression as a rule, so that its alerts and messages can be counted. Pure."""

from typing import Final

from services.alerting.language.format import format as canonical
from services.alerting.language.tree import Node
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.ids import content_id
from shared.messages.schemas import Rule, Severity

TRIAL_ID: Final = "expr"
"""The id of a rule that is only an expression."""
TRIAL_DESTINATION: Final = "slack:expr"
"""The destination of such a rule, so that its messages can be counted."""
EXPRESSION_FILE: Final = "<expr>"
"""How messages name the file of an expression that is in none."""
_TITLE_CHARACTERS: Final = 200


def build_trial_rule(tree: Node, severity: Severity = Severity.INFO) -> LoadedRule:
    """Return the rule of a parsed expression, which notifies a destination of its own."""
    when = canonical(tree)
    rule = Rule(
        rule_id=TRIAL_ID,
        revision=content_id("rule", when),
        title=when[:_TITLE_CHARACTERS],
        severity=severity,
        when=when,
        destinations=(TRIAL_DESTINATION,),
    )
    return LoadedRule(rule=rule, tree=tree, file=EXPRESSION_FILE)
