"""Imports of modules that are not installed."""

import sys

import pytest

from shared.base.optional_imports import remember_absence

ABSENT = "summitwire_has_no_such_module"


def test_an_absent_module_is_looked_for_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its next import fails as before, and no finder is asked."""
    asked: list[str] = []

    class Finder:
        def find_spec(self, name: str, *_: object) -> None:
            asked.append(name)

    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    remember_absence(ABSENT)
    try:
        assert asked == [ABSENT]
        with pytest.raises(ImportError):
            __import__(ABSENT)
        assert asked == [ABSENT]
    finally:
        del sys.modules[ABSENT]


def test_a_module_that_is_installed_or_loaded_can_be_imported() -> None:
    """An installation that has the optional module uses it."""
    before = dict(sys.modules)
    remember_absence("sys", "this")
    assert sys.modules == before
