"""Mistakes in the data are all reported at once, each with its position."""

from pathlib import Path

import pytest

from services.tagger.data.entries import Actor
from services.tagger.data.gazetteer import load_gazetteer
from services.tagger.data.names import surnames_of
from shared.files.yaml_document import DocumentError

GOOD = """\
countries:
  - iso3: USA
    names: [U.S.]
actors:
  - id: mike-pompeo
    name: Mike Pompeo
    country: USA
    gender: m
offices:
  - id: us-secretary-of-state
    names: [secretary of state]
    country: USA
    body: state-department
    terms:
      - {holder: mike-pompeo, start: 2018-04-26, end: 2021-01-20, verified: true, source: seen}
organisations:
  - id: state-department
    names: [State Department]
    country: USA
"""
KEYWORDS = "keywords:\n  - id: summit\n    forms: {en: [summit]}\n"


def folders(tmp_path: Path, actors: str = GOOD, keywords: str = KEYWORDS) -> tuple[Path, Path]:
    for name, text in (("actors", actors), ("keywords", keywords)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.yaml").write_text(text, "utf-8")
    return tmp_path / "actors", tmp_path / "keywords"


def problems(tmp_path: Path, actors: str = GOOD, keywords: str = KEYWORDS) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_gazetteer(*folders(tmp_path, actors, keywords))
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_valid_data_are_loaded(tmp_path: Path) -> None:
    """The small valid example is loaded completely."""
    gazetteer = load_gazetteer(*folders(tmp_path))
    assert list(gazetteer.actors) == ["mike-pompeo"]
    assert gazetteer.name_of("state-department") == "State Department"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "holder: mike-pompeo",
            "holder: mike-pomepo",
            (
                "actors/data.yaml:15:18: error: unknown holder 'mike-pomepo';"
                " did you mean mike-pompeo?"
            ),
        ),
        (
            "body: state-department",
            "body: state-departmnt",
            (
                "actors/data.yaml:13:11: error: unknown body 'state-departmnt';"
                " did you mean state-department?"
            ),
        ),
        (
            "    country: USA\n    gender",
            "    country: UAS\n    gender",
            "actors/data.yaml:7:14: error: unknown country 'UAS'; did you mean USA?",
        ),
        (
            "end: 2021-01-20",
            "end: 2017-01-20",
            "actors/data.yaml:15:55: error: ends 2017-01-20, before it starts (2018-04-26)",
        ),
        ("end: 2021-01-20", "end: 2021-13", "actors/data.yaml:15:55: error: no such day: 2021-13"),
        (
            "start: 2018-04-26",
            "start: spring",
            (
                "actors/data.yaml:15:38: error: not a date: 'spring';"
                " write 2018-04-26, 2018-04 or 2018"
            ),
        ),
        (
            "gender: m",
            "gender: x",
            "actors/data.yaml:8:5: error: not one of the possible values: 'x'",
        ),
        (
            "gender: m",
            "gendre: m",
            "actors/data.yaml:8:5: error: unknown field 'gendre'; did you mean gender?",
        ),
        (
            "verified: true",
            "verifed: true",
            "actors/data.yaml:15:67: error: unknown field 'verifed'; did you mean verified?",
        ),
        (
            "verified: true",
            "verified: 1",
            "actors/data.yaml:15:67: error: expected true or false, found a whole number",
        ),
        (
            "actors:",
            "actor:",
            "actors/data.yaml:4:1: error: unknown section 'actor'; did you mean actors?",
        ),
        (
            "id: mike-pompeo",
            "id: Mike_Pompeo",
            (
                "actors/data.yaml:5:5: error: bad id 'Mike_Pompeo';"
                " use small letters and digits, separated by hyphens"
            ),
        ),
        (
            "names: [U.S.]",
            'names: ["…"]',
            "actors/data.yaml:3:13: error: no letter or digit in the name '…'",
        ),
        (
            "names: [U.S.]",
            "names: [no]",
            "actors/data.yaml:3:13: error: expected a text, found true or false",
        ),
        (
            "  - id: state-department\n",
            "  - id: mike-pompeo\n",
            "actors/data.yaml:17:5: error: duplicate id 'mike-pompeo'; first at ",
        ),
    ],
)
def test_a_mistake_is_reported_at_its_position(
    old: str, new: str, problem: str, tmp_path: Path
) -> None:
    """With file, line, column, what is wrong, and what may be meant."""
    assert old in GOOD
    reported = problems(tmp_path, GOOD.replace(old, new, 1))
    assert any(text.startswith(problem) for text in reported)


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    """Mistakes of several kinds, in both folders, in one go and in order."""
    bad = (
        GOOD.replace("holder: mike-pompeo", "holder: nobody")
        .replace("start: 2018-04-26", "start: 2018-02-30")
        .replace("iso3: USA", "iso3: usa")
    )
    reported = problems(
        tmp_path,
        bad,
        "keywords:\n  - id: A B\n    forms: {en: [x]}\n  - id: summit\n    forms: []\n",
    )
    assert [problem.split(": error: ")[1].split(";")[0] for problem in reported] == [
        "bad iso3 'usa'",
        "unknown country 'USA'",
        "unknown country 'USA'",
        "unknown holder 'nobody'",
        "not a value: '2018-02-30' (day is out of range for month)",
        "unknown country 'USA'",
        "bad id 'A B'",
        "expected a mapping, found a list",
    ]


def test_an_office_has_one_holder_at_a_time(tmp_path: Path) -> None:
    """Terms that overlap by more than a day are a mistake, unless several people hold it."""
    second = "      - {holder: mike-pompeo, start: 2019-01-01, source: seen}\norganisations:"
    overlapping = GOOD.replace("organisations:", second)
    assert (
        "while mike-pompeo holds the office until 2021-01-20" in problems(tmp_path, overlapping)[0]
    )
    handed_over = overlapping.replace("start: 2019-01-01", "start: 2021-01-20")
    side_by_side = overlapping.replace(
        "body: state-department", "body: state-department\n    multiple_holders: true"
    )
    for index, good in enumerate((handed_over, side_by_side)):
        (tmp_path / str(index)).mkdir()
        assert load_gazetteer(*folders(tmp_path / str(index), good))


def test_namesakes_need_distinguish(tmp_path: Path) -> None:
    """With it, a name that two people share is ambiguous and no mistake."""
    twin = "actors:\n  - {id: other-pompeo, name: MIKE POMPEO, country: USA, gender: m%s}\n"
    assert (
        "is also a name of other-pompeo"
        in problems(tmp_path, GOOD.replace("actors:\n", twin % ""))[0]
    )
    (tmp_path / "distinguished").mkdir()
    distinguished = GOOD.replace("actors:\n", twin % ", distinguish: the farmer").replace(
        "gender: m\noffices", "gender: m\n    distinguish: the secretary\noffices"
    )
    assert load_gazetteer(*folders(tmp_path / "distinguished", distinguished))


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    """Without files the path is probably wrong."""
    with pytest.raises(DocumentError, match="no YAML files here"):
        load_gazetteer(tmp_path, tmp_path)


def test_the_revision_is_of_the_content(tmp_path: Path) -> None:
    """A comment does not change it; a name does."""
    for name in ("plain", "comment", "name"):
        (tmp_path / name).mkdir()
    plain = load_gazetteer(*folders(tmp_path / "plain"))
    comment = load_gazetteer(*folders(tmp_path / "comment", "# a word\n" + GOOD))
    renamed = load_gazetteer(*folders(tmp_path / "name", GOOD.replace("[U.S.]", "[U.S., America]")))
    assert plain.revision == comment.revision != renamed.revision


@pytest.mark.parametrize(
    ("actor", "surnames"),
    [
        (Actor(id="a", name="Donald Trump", country="USA", gender="m"), ("trump",)),
        (Actor(id="a", name="Kim Jong Un", country="PRK", gender="m"), ("kim",)),
        (Actor(id="a", name="Harry Harris Jr.", country="USA", gender="m"), ("harris",)),
        (Actor(id="a", name="Naruhito", country="JPN", gender="m"), ()),
        (
            Actor(id="a", name="Lee Hsien Loong", country="SGP", gender="m", surnames=("Lee",)),
            ("lee",),
        ),
    ],
)
def test_surnames(actor: Actor, surnames: tuple[str, ...]) -> None:
    """The last word, in China and the Koreas the first one, or those of the entry."""
    assert surnames_of(actor) == surnames
