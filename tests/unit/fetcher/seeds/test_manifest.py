"""The manifest of a folder: good entries, and every mistake at its place."""

from datetime import UTC, datetime
from pathlib import Path

from services.fetcher.seeds import manifest
from services.fetcher.seeds.manifest import ManifestEntry


def read(folder: Path, text: str) -> tuple[tuple[ManifestEntry, ...], list[str]]:
    (folder / "manifest.yaml").write_text(text, "utf-8")
    entries, problems = manifest.load(folder)
    return entries, [str(problem).removeprefix(f"{folder}/manifest.yaml:") for problem in problems]


def test_dates_and_times_become_utc_moments(tmp_path: Path) -> None:
    """A bare date is its first moment in UTC, a time stays, and the URL becomes canonical."""
    for name in "abc":
        (tmp_path / name).touch()
    entries, problems = read(
        tmp_path,
        """articles:
- {file: a, source: x, stated: 2018-09-11}
- {file: b, source: x, stated: 2018-09-11T09:30:00+09:00, url: "HTTPS://News.Example/a#b"}
- {file: c, source: x, stated: 2018-09-11 00:30:00, language: pt-BR, headline: H, byline: B}
""",
    )
    assert problems == []
    assert [entry.stated for entry in entries] == [
        datetime(2018, 9, 11, *clock, tzinfo=UTC) for clock in ((0, 0), (0, 30), (0, 30))
    ]
    assert entries[1].url == "https://news.example/a"
    assert (entries[2].language, entries[2].headline, entries[2].byline) == ("pt-BR", "H", "B")


def test_all_mistakes_are_told_at_once_each_at_its_place(tmp_path: Path) -> None:
    """One run reports source, time, language, URL, missing and duplicate files, and fields."""
    (tmp_path / "there.txt").touch()
    _, problems = read(
        tmp_path,
        """articles:
- {file: there.txt, source: A B}
- {file: there.txt, source: a, stated: soon}
- {file: ther.txt, source: a, langage: en}
- {file: ../x, source: a, language: English, url: "ftp://a/b"}
- {file: there.txt}
""",
    )
    assert [problem.partition(": error: ")[::2] for problem in problems] == [
        (
            "2:21",
            "'A B' is not a source id; write lower-case letters, digits, '.', '_', '-'; at most 64",
        ),
        ("3:4", "there.txt is listed twice"),
        ("3:32", "'soon' is not a time; write 2018-09-11 or 2018-09-11T14:30:00Z, without quotes"),
        ("4:4", "ther.txt does not exist; did you mean there.txt?"),
        ("4:31", "unknown field 'langage'; did you mean language?"),
        ("5:4", "'../x' is not the name of an article file in this folder"),
        ("5:27", "'English' is not a language code; write it like en or pt-BR"),
        ("5:46", "not an http or https URL: 'ftp://a/b'"),
        ("6:3", "Object missing required field `source`"),
    ]


def test_a_manifest_of_another_shape_is_told(tmp_path: Path) -> None:
    """No list, another top-level name, no YAML and no text are mistakes, not crashes."""
    for text, told in (
        ("- a", "expected a mapping"),
        ("article: []", "unknown field 'article'; did you mean articles?"),
        ("articles: {}", "list"),
        ("{", "YAML"),
    ):
        entries, problems = read(tmp_path, text)
        assert entries == ()
        assert told in "\n".join(problems)
    (tmp_path / "manifest.yaml").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in str(manifest.load(tmp_path)[1][0])
