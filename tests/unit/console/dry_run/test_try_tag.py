"""`try tag`: the fixed shape that programs build on, and its mistakes."""

from pathlib import Path

import orjson
import pytest
import typer

from services.console.dry_run.tag import try_tag
from services.console.errors import EXIT_USAGE, exit_code
from shared.base import exits
from shared.files.yaml_document import DocumentError

LINE = (
    b'{"id": "x1", "headline": "Trump-Kim", '
    b'"text": "Kim Jong Un saw the secretary of state, Seoul said.", "date": "2018-04-10"}\n'
)


def test_the_json_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object an article; offsets into the text, or the headline if `field` says so.

    Offices are those of the article's date.
    """
    path = tmp_path / "articles.jsonl"
    path.write_bytes(LINE)
    try_tag([path], json_=True)
    headline: dict[str, object] = {
        "surface": "Trump",
        "actor": "donald-trump",
        "office": None,
        "kind": "surname",
        "ambiguous": [],
    }
    assert orjson.loads(capsys.readouterr().out) == {
        "id": "x1",
        "mentions": [
            {"start": 0, "end": 5, "field": "headline"} | headline,
            {"start": 6, "end": 9, "field": "headline"}
            | headline
            | {"surface": "Kim", "actor": "kim-jong-un"},
            {
                "start": 0,
                "end": 11,
                "surface": "Kim Jong Un",
                "actor": "kim-jong-un",
                "office": None,
                "kind": "name",
                "ambiguous": [],
            },
            {
                "start": 20,
                "end": 38,
                "surface": "secretary of state",
                "actor": "john-sullivan",
                "office": "us-secretary-of-state",
                "kind": "office",
                "ambiguous": [],
            },
        ],
        "countries": [{"start": 40, "end": 45, "surface": "Seoul", "iso3": "KOR", "metonym": True}],
        "keywords": [],
        "events": [],
        "actors": [
            {
                "actor": "kim-jong-un",
                "offices": [
                    "prk-supreme-leader",
                    "prk-state-affairs-chairman",
                    "prk-wpk-chairman",
                    "prk-supreme-commander",
                ],
            },
            {"actor": "donald-trump", "offices": ["us-president"]},
            {
                "actor": "john-sullivan",
                "offices": ["us-secretary-of-state", "us-deputy-secretary-of-state"],
            },
        ],
    }


def test_an_expired_office_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After the last known day of an office nobody is named, and the text says which day that is."""
    path = tmp_path / "story.txt"
    path.write_text("The U.S. hostage envoy spoke to Trump.", "utf-8")
    try_tag([path], date="2020-01-20")
    assert "nobody known (us-hostage-envoy): not known after 2019-12-31" in capsys.readouterr().out
    try_tag([path], date="2050-01-20", json_=True)
    shown = orjson.loads(capsys.readouterr().out)
    assert [mention["actor"] for mention in shown["mentions"]] == [None, "donald-trump"]
    assert shown["actors"] == [{"actor": "donald-trump", "offices": []}]


def test_plain_text_is_dated_by_the_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A text file is one article with its path as id and --date as date; output for people."""
    path = tmp_path / "story.txt"
    path.write_text("The secretary of state spoke.", "utf-8")
    try_tag([path], date="2018-09-12")
    output = capsys.readouterr().out
    assert f"{path}: offices as of 2018-09-12" in output
    assert "'secretary of state' → mike-pompeo (us-secretary-of-state)" in output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"id": 1}\n', ":1: not an article: no headline and no body"),
        (LINE + b"{nonsense\n", ":2:2: not JSON"),
        (
            LINE.replace(b"2018-04-10", b"April"),
            "bad.jsonl:1: not a date: 'April'; write 2018-09-12",
        ),
        (b"\xff\xfe", "not UTF-8: byte 0 is 0xff"),
    ],
)
def test_a_bad_article_is_one_line(
    content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong and where, in one line on standard error, and exit code 2."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    with pytest.raises(typer.Exit) as caught:
        try_tag([path], json_=True)
    errors = capsys.readouterr().err
    assert caught.value.exit_code == EXIT_USAGE
    assert message in errors
    assert errors.count("\n") == 1


def test_a_bad_date_and_a_missing_file_are_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 for both."""
    for paths, date in (
        ([tmp_path / "none.txt"], "2018-09-12"),
        ([tmp_path], "2018-09-12"),
        ([tmp_path], "yesterday"),
    ):
        with pytest.raises(typer.Exit) as caught:
            try_tag(paths, date=date)
        assert caught.value.exit_code == EXIT_USAGE
        assert capsys.readouterr().err.count("\n") == 1


def test_bad_data_is_bad_configuration(tmp_path: Path) -> None:
    """All mistakes of the data, exit code 78."""
    (tmp_path / "a.yaml").write_text("actors:\n  - {id: a}\n", "utf-8")
    with pytest.raises(DocumentError) as caught:
        try_tag([tmp_path / "story.txt"], actors=tmp_path)
    assert exit_code(caught.value) == exits.CONFIGURATION


def test_reasons_are_printed_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --reasons each mention says how it was decided; the fixed shape has no such field."""
    path = tmp_path / "articles.jsonl"
    path.write_bytes(LINE)
    try_tag([path], json_=True, reasons=True)
    mentions = orjson.loads(capsys.readouterr().out)["mentions"]
    assert [mention["reason"] for mention in mentions][-2:] == [
        "full name",
        "holds the office on the date",
    ]


def test_events_in_json_and_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has its trigger's place, its status with a reason, and its participants."""
    path = tmp_path / "articles.jsonl"
    path.write_bytes(
        b'{"id": "e1", "headline": "Trump and Kim meet", "date": "2018-06-12",'
        b' "text": "North Korean leader Kim Jong Un met Donald Trump on Tuesday."}'
    )
    try_tag([path], json_=True)
    headline, body = orjson.loads(capsys.readouterr().out)["events"]
    assert {name: headline[name] for name in ("start", "end", "field", "event")} == {
        "start": 14, "end": 18, "field": "headline", "event": "meeting",
    }  # fmt: skip
    assert body.pop("reason")
    assert body == {
        "start": 32,
        "end": 35,
        "event": "meeting",
        "status": "asserted",
        "who": "kim-jong-un",
        "to": "donald-trump",
    }
    try_tag([path])
    lines = capsys.readouterr().out
    assert "'met' → meeting (asserted: " in lines
    assert "kim-jong-un → donald-trump" in lines
