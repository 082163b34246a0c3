"""Entries from the cache are those of the files, or they are parsed."""

from pathlib import Path

import pytest

from services.console.options import ACTORS, KEYWORDS
from services.tagger.data import loader
from services.tagger.data.entries import Entries
from shared.files.parsed_values import ParsedValues
from shared.files.user_cache import CachedBytes
from shared.files.yaml_document import DocumentError
from tests.seed_data import seed_entries


def never() -> Entries:
    raise AssertionError("it parses")


@pytest.fixture
def cache(tmp_path: Path) -> CachedBytes:
    return CachedBytes(tmp_path / "cache")


@pytest.fixture
def values(cache: CachedBytes) -> ParsedValues[Entries]:
    return ParsedValues(Entries, [Path(loader.__file__).parent], cache)


@pytest.fixture
def actors(tmp_path: Path) -> Path:
    folder = tmp_path / "actors"
    folder.mkdir()
    (folder / "a.yaml").write_text("countries: []\n", "utf-8")
    return folder


def test_the_seeds_come_back_as_they_were(values: ParsedValues[Entries]) -> None:
    """Every entry, date and guard, without parsing again."""
    assert values.load_or_parse((ACTORS, KEYWORDS), seed_entries) == seed_entries()
    assert values.load_or_parse((ACTORS, KEYWORDS), never) == seed_entries()


def test_changed_files_are_parsed(values: ParsedValues[Entries], actors: Path) -> None:
    """A word more, or a file of another name, is other data."""
    values.load_or_parse((actors, KEYWORDS), seed_entries)
    assert values.load_or_parse((actors, KEYWORDS), never) == seed_entries()
    (actors / "a.yaml").write_text("countries: []  # none\n", "utf-8")
    assert values.load_or_parse((actors, KEYWORDS), Entries) == Entries()


def test_other_code_parses_again(values: ParsedValues[Entries], cache: CachedBytes) -> None:
    """Code that reads the files in another way finds nothing that it has not parsed itself."""
    values.load_or_parse((ACTORS, KEYWORDS), seed_entries)
    changed = ParsedValues(Entries, [Path(loader.__file__).parents[1]], cache)
    with pytest.raises(AssertionError, match="it parses"):
        changed.load_or_parse((ACTORS, KEYWORDS), never)


def test_a_forged_file_is_parsed_again(
    values: ParsedValues[Entries], cache: CachedBytes, actors: Path, tmp_path: Path
) -> None:
    """What is whole but no entries, whoever wrote it, is as good as missing."""
    values.load_or_parse((actors, KEYWORDS), seed_entries)
    (path,) = (tmp_path / "cache").iterdir()
    for data in (b"", b"\x80\x04N.", b"\x81\xa6actors\x91\x01", b"\x81\xa6actors\xc1"):
        cache.store(path.name, data)
        assert values.load_or_parse((actors, KEYWORDS), seed_entries) == seed_entries()
        assert values.load_or_parse((actors, KEYWORDS), never) == seed_entries()


def test_little_data_and_mistakes_are_not_kept(
    values: ParsedValues[Entries], actors: Path, tmp_path: Path
) -> None:
    """A mistake is reported each time."""

    def fail() -> Entries:
        raise DocumentError([])

    for _ in range(2):
        with pytest.raises(DocumentError):
            values.load_or_parse((actors, KEYWORDS), fail)
    assert values.load_or_parse((actors, KEYWORDS), Entries) == Entries()
    assert values.load_or_parse((tmp_path / "missing", KEYWORDS), seed_entries) == seed_entries()
    assert not (tmp_path / "cache").exists()


def test_files_written_while_they_are_parsed_are_not_kept(
    values: ParsedValues[Entries], actors: Path, tmp_path: Path
) -> None:
    """Nobody knows which of the two contents was parsed."""

    def parse_and_write() -> Entries:
        (actors / "a.yaml").write_text("", "utf-8")
        return seed_entries()

    values.load_or_parse((actors, KEYWORDS), parse_and_write)
    assert not (tmp_path / "cache").exists()
