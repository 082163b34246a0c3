"""docs/operations.md agrees with the code, as far as the two can be compared."""

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
    """Return every setting of every service, with its default as the page writes it."""
    found: dict[str, str] = {}
    for name in NAMES:
        settings = getattr(
            importlib.import_module(f"services.{name}.settings"), f"{name.title()}Settings"
        )
        found |= {
            field.upper(): as_on_the_page(info.get_default(call_default_factory=True))
            for field, info in settings.model_fields.items()
        }
    return found | IN_WORDS


def as_on_the_page(default: Any) -> str:
    """Return a default as the page writes it."""
    assert not isinstance(default, SecretStr)
    return "" if default is None else f"{default:g}" if isinstance(default, float) else str(default)


def rows_of_settings() -> dict[str, str]:
    """Return the settings in the page's table; names that share a row may share a default."""
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
    assert rows_of_settings() == defaults()


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
