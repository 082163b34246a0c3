"""``summitwire rules``: the sub-commands."""

from typing import Final

from services.console.lazy import CommandSource, make_group

SOURCES: Final = {
    "check": CommandSource(
        "rules.check:check",
        "Report every mistake in rule files, and how to fix it; exit 1 if there is an error.",
    ),
    "test": CommandSource(
        "rules.run_tests:run_tests",
        "Run the tests in rule files through cleaner, tagger and rule; exit 1 if one fails.",
    ),
    "fmt": CommandSource(
        "rules.fmt:fmt",
        "Rewrite the expressions of rule files in canonical form, or print one in it.",
    ),
    "schema": CommandSource(
        "rules.schema:schema", "Print the JSON Schema (draft 2020-12) of a rule file."
    ),
    "diff": CommandSource(
        "rules.diff:diff",
        "Show what changes between two revisions of rules, and in their alerts and messages.",
    ),
    "backtest": CommandSource(
        "rules.backtest.command:backtest",
        "Report what rules would have raised, and what changes against the active rules.",
    ),
    "why": CommandSource(
        "rules.why:why_it_fires",
        "Show the words that make a rule fire on an article; exit 1 if it does not fire.",
    ),
    "why-not": CommandSource(
        "rules.why:why_it_does_not",
        "Show what keeps a rule from firing on an article; exit 1 if it fires.",
    ),
    "missed": CommandSource(
        "rules.missed:missed",
        "Show articles like a rule's hits on which it does not fire, and the words to add.",
    ),
}

app = make_group("Check, test, format, compare, backtest and explain alert rules.", SOURCES)
