"""The fields of a rule as people write them.

``summitwire rules schema`` makes the JSON Schema for editors from these annotations.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from msgspec import Meta

from shared.messages.schemas import Severity

RULE_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DESTINATION: Final = re.compile(
    r"(slack|webhook|email|file|apprise|console):[A-Za-z0-9][A-Za-z0-9._-]*"
)
DESTINATION_HINT: Final = (
    "write slack:newsroom; or webhook:, email:, file:, apprise:, console: and a name"
)
PENDING: Final = re.compile(r"(actor|office|country|keyword|event)\([a-z0-9][a-z0-9._-]*\)")
DURATION: Final = re.compile(r"(\d{1,6})(s|m|h|d)", re.ASCII)
BUDGET: Final = re.compile(r"(\d{1,7})/day", re.ASCII)
GROUP_BY: Final = ("story",)
MAX_ID: Final = 80
MAX_TITLE: Final = 200
REQUIRED: Final = ("id", "title", "severity", "when")


def find_destination_problem(text: str) -> str:
    """Return what is wrong with a destination and what to write instead; empty if it is valid."""
    if DESTINATION.fullmatch(text):
        return ""
    is_bare = DESTINATION.fullmatch(f"slack:{text}") is not None
    hint = f"write slack:{text[:40]}, with its channel" if is_bare else DESTINATION_HINT
    return f"{text[:60]!r} is not a destination; {hint}"


def describe(description: str, **schema: Any) -> Meta:
    """Describe a field for the JSON Schema, which only editors use.

    The parser checks fields itself and has better messages.
    """
    return Meta(description=description, extra_json_schema=schema)


def anchor(pattern: re.Pattern[str]) -> str:
    """Return the pattern for JSON Schema, where an unanchored pattern may match anywhere."""
    return f"^(?:{pattern.pattern})$"


Duration = Annotated[Any, describe("30s, 5m, 4h or 1d", type="string", pattern=anchor(DURATION))]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFields:
    """A rule: which articles raise an alert, and where it goes."""

    # Fields are converted one by one, so that every problem is reported: here each may be anything.
    id: Annotated[
        Any,
        describe(
            "Lower-case letters, digits and hyphens; never changes.",
            type="string",
            pattern=anchor(RULE_ID),
            maxLength=MAX_ID,
        ),
    ] = None
    title: Annotated[
        Any,
        describe(
            "The line above the alert.",
            type="string",
            pattern=r"^\s*\S[^\n]*\s*$",
            maxLength=MAX_TITLE,
        ),
    ] = None
    severity: Annotated[
        Any, describe("How urgent the alerts are.", enum=[str(level) for level in Severity])
    ] = None
    owner: Annotated[Any, describe("The person or desk to ask about the rule.", type="string")] = (
        None
    )
    when: Annotated[
        Any,
        describe(
            "The expression (docs/rules.md); after `when: |` nothing needs quoting.",
            type="string",
            pattern=r"\S",
        ),
    ] = None
    pending: Annotated[
        Any,
        describe(
            "Tags whose ids the data will get, such as actor(jane-doe).",
            type="array",
            items={"type": "string", "pattern": anchor(PENDING)},
        ),
    ] = None
    threshold: Annotated[Any, Meta(extra_json_schema={"$ref": "#/$defs/ThresholdFields"})] = None
    group: Annotated[Any, Meta(extra_json_schema={"$ref": "#/$defs/GroupFields"})] = None
    needs: Annotated[Any, Meta(extra_json_schema={"$ref": "#/$defs/NeedsFields"})] = None
    budget: Annotated[
        Any,
        describe(
            "The most messages a day to one receiver, 20/day; `rules check` measures them.",
            type="string",
            pattern=anchor(BUDGET),
        ),
    ] = None
    notify: Annotated[
        Any,
        describe(
            "Where alerts go; without any, they appear on the board only.",
            type="array",
            items={"type": "string", "pattern": anchor(DESTINATION)},
        ),
    ] = None
    tests: Annotated[
        Any,
        describe(
            "Articles, and whether the rule must fire.",
            type="array",
            items={"$ref": "#/$defs/TestFields"},
        ),
    ] = None
