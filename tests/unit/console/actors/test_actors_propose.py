"""``actors propose`` from files: text, JSON, and YAML that `actors check` accepts once complete."""

import shutil
from pathlib import Path

import orjson
import pytest

from services.console.actors.commands import app
from tests.cli import invoke

SEEDS = Path(__file__).parents[4] / "seeds"


def run(*arguments: str, code: int = 0) -> str:
    ended = invoke(app, *arguments)
    assert ended.code == code, ended.out + ended.err
    return ended.out + (ended.err if code else "")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("texts") / "texts.jsonl"
    lines = [
        {"id": n, "text": f"Envoy Quintus Novelty said {n} to Mike Pompeo.", "date": "2018-09-12"}
        for n in range(3)
    ]
    file.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    return file


def test_a_proposal_is_told_with_reasons_and_examples(texts: Path) -> None:
    """To people, and to programs."""
    message = run("propose", str(texts))
    assert "1. Quintus Novelty  (person" in message
    assert (
        "3 articles of 1 source; a title in 3 (Envoy); speaks in 3; "
        "with known actors in 3 (mike-pompeo)" in message
    )
    (line,) = run("propose", str(texts), "--json").splitlines()
    proposals = orjson.loads(line)
    assert (proposals["id"], proposals["signs"], len(proposals["examples"])) == (
        "quintus-novelty",
        {"a title": 3, "speaks": 3},
        3,
    )


def test_yaml_is_refused_until_a_person_has_filled_it_in(texts: Path, tmp_path: Path) -> None:
    """Then it is an entry like any other; nothing claims to be verified."""
    folder = tmp_path / "actors"
    shutil.copytree(SEEDS / "actors", folder)
    proposed = run("propose", str(texts), "--yaml")
    (folder / "proposed.yaml").write_text(proposed, "utf-8")
    assert "proposed.yaml:" in run("check", str(folder), code=1)
    filled = proposed.replace("country: #", "country: FRA #").replace("gender: #", "gender: m #")
    (folder / "proposed.yaml").write_text(filled, "utf-8")
    run("check", str(folder))
    assert "wikidata" not in proposed
    assert "verified: true" not in proposed


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("x.txt", "--from-topic"),
        ("x.txt", "--since", "7d"),
        ("x.txt", "--json", "--yaml"),
        ("missing.txt",),
    ],
)
def test_wrong_use_says_so(arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert run("propose", *arguments, code=2)


@pytest.fixture
def handovers(tmp_path: Path) -> Path:
    file = tmp_path / "handovers.jsonl"
    lines = [
        {
            "id": f"a{number}",
            "text": "Jane Roe was sworn in as British prime minister on Monday.",
            "date": "2026-11-17",
        }
        for number in range(2)
    ]
    file.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    return file


def test_changes_of_office_are_proposed_with_sentences(handovers: Path) -> None:
    """Who, which office, from which day, how many articles, what the data say, what to edit."""
    message = run("propose", "--offices", str(handovers))
    assert "1. gbr-prime-minister: Jane Roe takes office on 2026-11-16" in message
    assert "2 articles of 1 source; the data: andy-burnham listed; not known after" in message
    assert "- Jane Roe was sworn in as British prime minister on Monday.  [a0]" in message
    assert "{holder: jane-roe, start: 2026-11-16, verified: false" in message
    (line,) = run("propose", "--offices", str(handovers), "--json").splitlines()
    proposal = orjson.loads(line)
    assert (proposal["office"], proposal["articles"], len(proposal["quotes"])) == (
        "gbr-prime-minister",
        2,
        2,
    )


def test_options_that_are_for_names(handovers: Path) -> None:
    """A YAML of people and a kind of name mean nothing for offices."""
    for option in (("--yaml",), ("--kind", "person")):
        assert "are for names" in run("propose", "--offices", str(handovers), *option, code=2)
