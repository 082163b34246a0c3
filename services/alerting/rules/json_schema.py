"""The JSON Schema of a rule file, made of the fields that the reader knows."""

from typing import Any, Final

import msgspec

from services.alerting.rules.fields import GroupFields, TestFields, ThresholdFields
from services.alerting.rules.shape import REQUIRED, RuleFields

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_RULE: Final = {"$ref": "#/$defs/RuleFields"}
_RULES: Final = {"type": "array", "minItems": 1, "items": _RULE}


def rule_file_schema() -> dict[str, Any]:
    """Draft 2020-12. A file holds one rule, a list of rules, or such a list under ``rules:``; no other field may stand in it."""
    _, found = msgspec.json.schema_components(
        [RuleFields, ThresholdFields, GroupFields, TestFields], ref_template="#/$defs/{name}"
    )
    parts = {name: _closed(part) for name, part in found.items()}
    parts["RuleFields"]["required"] = list(REQUIRED)
    return {
        "$schema": DIALECT,
        "title": "Rules of summitwire",
        "if": {"type": "array"},
        "then": _RULES,
        "else": {
            "if": {"required": ["rules"]},
            "then": {
                "type": "object",
                "properties": {"rules": _RULES},
                "additionalProperties": False,
            },
            "else": _RULE,
        },
        "$defs": dict(sorted(parts.items())),
    }


def _closed(part: dict[str, Any]) -> dict[str, Any]:
    """The part with no other fields than its own, and without the defaults that only say "not given"."""
    for properties in part.get("properties", {}).values():
        if properties.get("default", "") is None:
            del properties["default"]
    return part | {"additionalProperties": False}
