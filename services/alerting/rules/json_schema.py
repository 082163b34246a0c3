"""The JSON Schema of a rule file, made from the fields that the parser accepts."""

from typing import Any, Final

import msgspec

from services.alerting.rules.fields import GroupFields, NeedsFields, TestFields, ThresholdFields
from services.alerting.rules.shape import REQUIRED, RuleFields

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_RULE: Final = {"$ref": "#/$defs/RuleFields"}
_RULES: Final = {"type": "array", "minItems": 1, "items": _RULE}


def rule_file_schema() -> dict[str, Any]:
    """Build the schema (draft 2020-12): one rule, a list of rules, or a list under ``rules:``.

    No other field is allowed.
    """
    shapes = [RuleFields, ThresholdFields, GroupFields, NeedsFields, TestFields]
    _, components = msgspec.json.schema_components(shapes, ref_template="#/$defs/{name}")
    parts = {name: _forbid_others(part) for name, part in components.items()}
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


def _forbid_others(part: dict[str, Any]) -> dict[str, Any]:
    """Forbid other fields, and drop defaults that only mean that the field is missing."""
    for properties in part.get("properties", {}).values():
        if properties.get("default", "") is None:
            del properties["default"]
    return part | {"additionalProperties": False}
