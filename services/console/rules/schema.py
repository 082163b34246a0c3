"""``summitwire rules schema``: lets editors check and complete rule files."""

import sys

import orjson

from services.alerting.rules.json_schema import rule_file_schema
from services.console.printing.json_lines import json_line


def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of a rule file.

    Example: summitwire rules schema > rules.schema.json
    """
    sys.stdout.write(json_line(rule_file_schema(), option=orjson.OPT_INDENT_2) + "\n")
