"""Conversion of public data to entries of seeds/actors."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.tagger.data.entries import Actor
from services.tagger.imports.congress import convert_congress
from services.tagger.imports.followthemoney import convert_followthemoney
from services.tagger.imports.render import (
    ImportedOffice,
    ImportedPerson,
    ImportedTerm,
    render_entries,
    slug,
)
from services.tagger.imports.wikidata import convert_wikidata, parse_rows
from shared.files.yaml_document import YamlDocument, parse


def legislator(first: str, last: str, *terms: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    ids = {"wikidata": more.get("wikidata"), "wikipedia": more.get("wikipedia")}
    name = {"first": first, "last": last, **more.get("name", {})}
    return {
        "id": ids,
        "name": name,
        "bio": {"gender": "F"},
        "terms": [dict(zip(("type", "start", "end"), term, strict=True)) for term in terms],
    }


def test_adjacent_terms_are_merged() -> None:
    """Re-elected members held one office; a seat in the other chamber is another."""
    terms = (
        ("rep", "2011-01-03", "2013-01-03"),
        ("rep", "2013-01-03", "2015-01-03"),
        ("sen", "2015-01-06", "2021-01-03"),
    )
    people, posts = convert_congress([legislator("Jane", "Roe", *terms)], [], date(2012, 1, 1))
    assert [(person.id, person.name) for person in people] == [("jane-roe", "Jane Roe")]
    assert {post.id: post.terms for post in posts} == {
        "us-representative": (
            ImportedTerm(holder="jane-roe", start="2011-01-03", end="2015-01-03"),
        ),
        "us-senator": (ImportedTerm(holder="jane-roe", start="2015-01-06", end="2021-01-03"),),
    }


def test_people_who_left_earlier_are_left_out() -> None:
    """`since` is the last day that counts."""
    assert convert_congress(
        [legislator("Jane", "Roe", ("rep", "2011-01-03", "2013-01-03"))], [], date(2017, 1, 1)
    ) == ([], [])


def test_known_people_keep_their_ids() -> None:
    """By Wikidata id or name: no second person, terms use the known id; names stay unique."""
    roe, fox = (
        Actor(id="the-roe", name="J. Roe", wikidata="Q1", country="USA", gender="f"),
        Actor(id="al-fox", name="Al Fox", country="USA", gender="m"),
    )
    term = ("sen", "2015-01-06", "2021-01-03")
    known_by_id = legislator("Jane", "Roe", term, wikidata="Q1")
    known_by_name = legislator("Al", "Fox", term)
    son = legislator("Rob", "Fox", term, name={"official_full": "Al Fox"})
    people, posts = convert_congress(
        [known_by_id, known_by_name, son], [roe, fox], date(2017, 1, 1)
    )
    assert [(person.id, person.names) for person in people] == [("rob-fox", ())]
    assert [term.holder for term in posts[0].terms] == ["the-roe", "al-fox", "rob-fox"]


def test_usual_names() -> None:
    """The encyclopedia's title is the usual name; a common surname makes a common name."""
    entry = legislator(
        "Christopher",
        "Smith",
        ("rep", "2017-01-03", "2019-01-03"),
        wikipedia="Chris Smith (politician)",
    )
    entry["name"] |= {"middle": "H.", "official_full": "Christopher H. Smith"}
    (person,), _posts = convert_congress([entry], [], date(2017, 1, 1))
    assert (person.name, person.names, person.common_name) == (
        "Chris Smith",
        ("Christopher H. Smith", "Christopher Smith"),
        True,
    )


def test_followthemoney() -> None:
    """Person, position and occupancy give a term, unless gender, country or start is missing."""
    entities: list[dict[str, Any]] = [
        {
            "id": "p1",
            "schema": "Person",
            "properties": {
                "name": ["Jane Roe"],
                "alias": ["J. Roe"],
                "country": ["kr"],
                "gender": ["female"],
            },
        },
        {"id": "p2", "schema": "Person", "properties": {"name": ["X"], "country": ["kr"]}},
        {
            "id": "o1",
            "schema": "Position",
            "properties": {"name": ["Minister of Silence"], "country": ["kr"]},
        },
        {
            "id": "t1",
            "schema": "Occupancy",
            "properties": {
                "holder": ["p1"],
                "post": ["o1"],
                "startDate": ["2018-01"],
                "endDate": ["2019-02-03"],
            },
        },
        {"id": "t2", "schema": "Occupancy", "properties": {"holder": ["p1"], "post": ["o1"]}},
        {
            "id": "t3",
            "schema": "Occupancy",
            "properties": {"holder": ["p2"], "post": ["o1"], "startDate": ["2018"]},
        },
    ]
    people, posts = convert_followthemoney(entities, {"kr": "KOR"})
    assert people == [
        ImportedPerson(id="jane-roe", name="Jane Roe", names=("J. Roe",), country="KOR", gender="f")
    ]
    terms = (ImportedTerm(holder="jane-roe", start="2018-01", end="2019-02-03"),)
    assert posts == [
        ImportedOffice(
            id="minister-of-silence",
            names=("Minister of Silence",),
            country="KOR",
            body="kor-government",
            terms=terms,
        )
    ]


def test_followthemoney_nested() -> None:
    """In targets.nested.json entities inside a person count; a position without a name does not."""
    post = {
        "id": "o1",
        "schema": "Position",
        "properties": {"name": ["Governor"], "country": ["kr"]},
    }
    occupancy = {
        "id": "t1",
        "schema": "Occupancy",
        "properties": {"holder": ["p1"], "post": [post], "startDate": ["2018-01"]},
    }
    nameless = {
        "id": "t2",
        "schema": "Occupancy",
        "properties": {
            "holder": ["p1"],
            "post": [{"id": "o2", "properties": {}}],
            "startDate": ["2018"],
        },
    }
    properties = {
        "name": ["Jane Roe"],
        "citizenship": ["zz", "kr"],
        "gender": ["female"],
        "positionOccupancies": [occupancy, nameless],
    }
    people, posts = convert_followthemoney(
        [{"id": "p1", "schema": "Person", "properties": properties}], {"kr": "KOR"}
    )
    assert [(person.id, person.country) for person in people] == [("jane-roe", "KOR")]
    assert [(post.id, post.country, post.terms) for post in posts] == [
        ("governor", "KOR", (ImportedTerm(holder="jane-roe", start="2018-01", end=None),))
    ]


def a_row(
    person: str, label: str, start: str = "2018-04-26T00:00:00Z", **more: str
) -> dict[str, str]:
    entity = "http://www.wikidata.org/entity/"
    row = {
        "person": f"{entity}{person}",
        "personLabel": label,
        "genderLabel": "female",
        "iso3": "KOR",
        "position": f"{entity}Q9",
    }
    return (
        row | {"positionLabel": "Minister of Silence", "positionIso3": "KOR", "start": start} | more
    )


def test_wikidata() -> None:
    """Known people keep their ids and are left out; namesakes get different ids."""
    rows = [
        a_row("Q1", "Jane Roe", end="2019-02-03T00:00:00Z"),
        a_row("Q1", "Jane Roe", end="2019-02-03T00:00:00Z", iso3="USA"),
        a_row("Q2", "Jane Roe", start="2019-02-03T00:00:00Z"),
        a_row("Q3", "Known One", start="2010-01-01T00:00:00Z"),
        a_row("Q4", "Q4"),
        a_row("Q5", "No Gender", genderLabel=""),
        a_row("Q6", "No Country", iso3=""),
        a_row("Q7", "No Start", start=""),
    ]
    people, posts = convert_wikidata(rows, {"Q3": "known-one"})
    assert {(person.id, person.country, person.wikidata) for person in people} == {
        ("jane-roe", "KOR", "Q1"),
        ("jane-roe-q2", "KOR", "Q2"),
        ("no-start", "KOR", "Q7"),
    }
    (post,) = posts
    assert (post.id, post.country, post.body) == ("minister-of-silence", "KOR", "kor-government")
    assert [(term.holder, term.start, term.end) for term in post.terms] == [
        ("known-one", "2010-01-01", None),
        ("jane-roe", "2018-04-26", "2019-02-03"),
        ("jane-roe-q2", "2019-02-03", None),
    ]
    assert convert_wikidata(list(reversed(rows)), {"Q3": "known-one"}) == (people, posts)


def test_wikidata_downloads_of_both_formats_are_parsed() -> None:
    """SPARQL's results and a plain list give the same rows; anything else is refused."""
    row = a_row("Q1", "Jane Roe")
    bound = {name: {"type": "literal", "value": value} for name, value in row.items()}
    assert parse_rows({"results": {"bindings": [bound]}}) == parse_rows([row]) == [row]
    for wrong, message in (
        ({"x": 1}, "not the answer"),
        ([1], "not the answer"),
        ([{"person": "x"}], "lack personLabel"),
    ):
        with pytest.raises(ValueError, match=message):
            parse_rows(wrong)


def test_rendered_entries_can_be_parsed() -> None:
    """The lines are YAML in the format of seeds/actors, whatever characters the names contain."""
    people = [
        ImportedPerson(
            id="a",
            name='Łukasz "No" O\'Brien: x',
            names=("No", "陈", "# y"),
            country="USA",
            gender="m",
            common_name=True,
        )
    ]
    posts = [
        ImportedOffice(
            id="b",
            names=("U.S. senator",),
            country="USA",
            body="c",
            terms=(ImportedTerm(holder="a", start="2018", end=None),),
            title_only=True,
        )
    ]
    text = "\n".join(render_entries(people, posts, header="h\n\nx", source="a: b", verified=True))
    assert parse(text, YamlDocument(str(Path("x")), None, [])).problems == []
    data = yaml.safe_load(text)
    assert data["actors"][0]["name"] == people[0].name
    assert tuple(data["actors"][0]["names"]) == people[0].names
    assert data["offices"][0]["terms"] == [
        {"holder": "a", "start": 2018, "verified": True, "source": "a: b"}
    ]


def test_slugs() -> None:
    """Accents and full stops are removed; other scripts give an empty id."""
    assert [slug(name) for name in ("José O'Neil Jr.", "J.D. Vance", "陈")] == [
        "jose-oneil-jr",
        "jd-vance",
        "",
    ]
