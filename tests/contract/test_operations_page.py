"""docs/operations.md says what the code does, where that can be compared."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

import shared.base.metrics  # noqa: F401 - fills the registry
from services.console.__main__ import COMMANDS
from shared.base.ports import NAMES, PORTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
IN_WORDS = {
    "ACTORS_DIR": "seeds/…",
    "KEYWORDS_DIR": "seeds/…",
    "RULES_DIR": "seeds/…",
    "RULES_CHANGED_BY": "user@host",
    "BOARD_SERVICES": "the local ports",
}
"""Defaults that depend on where the program runs."""


def defaults() -> dict[str, str]:
    """Every setting of every service, and its default as the page writes it."""
    found: dict[str, str] = {}
    for name in NAMES:
        settings = getattr(
            importlib.import_module(f"services.{name}.settings"), f"{name.title()}Settings"
        )
        found |= {
            field.upper(): written(info.get_default(call_default_factory=True))
            for field, info in settings.model_fields.items()
        }
    return found | IN_WORDS


def written(default: Any) -> str:
    assert not isinstance(default, SecretStr)
    return "" if default is None else f"{default:g}" if isinstance(default, float) else str(default)


def documented() -> dict[str, str]:
    """The rows of the table of settings: several names share a row, and its default where there is but one."""
    table = PAGE.partition("## Settings")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line.startswith("| ")
    ][1:]
    found: dict[str, str] = {}
    for names, values, *_ in rows:
        each, given = names.split(", "), values.split(", ")
        found |= dict(
            zip(each, given if len(given) == len(each) else given * len(each), strict=True)
        )
    return found


def test_every_setting_is_on_the_page_with_its_default() -> None:
    """And nothing else is."""
    assert documented() == defaults()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\bsummitwire_[a-z_]+", PAGE))))
def test_every_metric_of_the_page_exists(name: str) -> None:
    """Under the name that Prometheus sees."""
    base = name.removesuffix("_total")
    assert base in {metric.name for metric in REGISTRY.collect()} | {
        f"{metric.name}_info" for metric in REGISTRY.collect() if metric.type == "info"
    }


@pytest.mark.parametrize("command", sorted(set(re.findall(r"summitwire ([a-z][a-z-]+)", PAGE))))
def test_every_command_of_the_page_exists(command: str) -> None:
    """As it is written there."""
    assert command in COMMANDS


def test_the_ports_are_those_of_the_table() -> None:
    """One row a service."""
    rows = dict(re.findall(r"^\| (\w+) \| (\d{4}) \|", PAGE, re.MULTILINE))
    assert rows == {name: str(port) for name, port in PORTS.items()}
