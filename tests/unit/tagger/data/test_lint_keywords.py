"""Warnings of English words without their regular forms."""

from pathlib import Path

import pytest

from services.tagger.data.lint_entries import lint
from services.tagger.data.loader import load_folders


@pytest.fixture
def actors(tmp_path: Path) -> Path:
    folder = tmp_path / "actors"
    folder.mkdir()
    (folder / "prk.yaml").write_text("countries: [{iso3: PRK, names: [North Korea]}]\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("forms", "missing"),
    [
        ("[parade]", ["'parades'"]),
        ("[test, tests]", []),
        ("[inspect, inspected]", ["'inspecting', 'inspects'"]),
        ("[ban, banned]", ["'banning', 'bans'"]),
        ("[verify, verified, verifies]", ["'verifying'"]),
        ("[peace accord]", ["'peace accords'"]),
        ("[launch, launches]", []),
        ("[CVID, end of the war, Hwasong-14, verifiable]", []),
    ],
)
def test_missing_forms(forms: str, missing: list[str], actors: Path, tmp_path: Path) -> None:
    """Plural, third person, -ed and -ing; abbreviations, names and longer phrases have none."""
    (tmp_path / "words.yaml").write_text(
        f"keywords:\n  - id: word\n    forms: {{en: {forms}}}\n", "utf-8"
    )
    folders = load_folders(actors, tmp_path)
    lint(folders)
    warnings = [
        problem
        for document in folders.documents
        for problem in document.problems
        if problem.code == "missing-form"
    ]
    assert [problem.message.split(" is listed without ")[1] for problem in warnings] == missing
    assert all(problem.level == "warning" for problem in warnings)


def test_a_word_as_listed_needs_no_more(actors: Path, tmp_path: Path) -> None:
    """Words under `as_listed` are exempt."""
    (tmp_path / "words.yaml").write_text(
        "keywords:\n  - id: word\n    forms: {en: [plutonium]}\n    as_listed: [plutonium]\n",
        "utf-8",
    )
    folders = load_folders(actors, tmp_path)
    lint(folders)
    assert [problem for document in folders.documents for problem in document.problems] == []
