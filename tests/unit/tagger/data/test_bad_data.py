"""Whatever the data files contain, it is loaded or every mistake is reported; no other error."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.data.gazetteer import build_gazetteer
from services.tagger.data.lint_entries import compare, lint
from services.tagger.data.loader import DataFolders, load_folders
from shared.files.yaml_document import DocumentError, raise_if_bad
from tests.hypothesis_profiles import examples

ACTORS: Final = """
countries:
- {iso3: PRK, names: [North Korea], demonyms: [North Korean], short: [NK], relative: [the North],
   metonyms: [Pyongyang]}
- {iso3: USA, names: [United States]}
groups:
- {names: [the two Koreas], countries: [PRK, USA]}
actors:
- {id: ri-a, name: Ri Yong Ho, names: [Ri Yong-ho], country: PRK, gender: m,
   titled: [Minister Ri], wikidata: Q1, alone: true, distinguish: x, died: 2019-01-01}
- {id: may-b, name: Theresa May, surnames: [May], country: USA, gender: f, common_name: true}
organisations:
- {id: body, names: [Foreign Ministry], abbreviations: [FM], country: PRK, seat: Pyongyang,
   metonyms: [the Ministry]}
known: {from: 2016-01-01, to: 2019-12-31}
offices:
- id: prk-foreign-minister
  known: {from: 2016-05, to: 2020, basis: a list}
  names: [North Korean foreign minister]
  needs_country: [foreign minister]
  country: PRK
  body: body
  gaps: [{after: 2018-01-01, before: 2018-02-01}]
  terms:
  - {holder: ri-a, start: 2016-05-10, end: 2018-01-01, verified: true, source: seen}
  - {holder: may-b, start: 2018-02, acting: true, source: none seen}
decoys: [Trump Tower]
before_a_surname: [Mr]
"""
KEYWORDS: Final = """
keywords: [{id: summit, forms: {en: [summit, summits]}}]
event_words: [{id: talk, nouns: [talk]}]
events:
- {id: meeting, title: They meet., cameo: ['040'], plover: CONSULT, to: [with], reciprocal: true,
   verbs: {en: [meet, hold <talk>]}, nouns: {en: [<talk> round]}, short_nouns: [it], stops: [meet a]}
"""
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 1.5, "", " ", ".", "-", "'s", "\x00", "é", "김", "U.S.", "x", "a" * 300),
    *([], {}, [[]], [None], [1], {"a": 1}, "2018-99-99", "9999-12-31", "0001"),
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to everything inside a value."""
    for key in (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    ):
        yield (*path, key)
        yield from paths(value[key], (*path, key))


def damage(data: Any, chance: Random) -> Any:
    """Return the data with one to three things replaced, removed, duplicated or added."""
    data = deepcopy(data)
    for _ in range(chance.randint(1, 3)):
        *steps, last = chance.choice(list(paths(data)) or [("actors",)])
        inner = data
        for step in steps:
            inner = inner[step]
        what = chance.random()
        if what < 0.7:
            inner[last] = chance.choice(VALUES)
        elif what < 0.85:
            del inner[last]
        elif isinstance(inner, dict):
            inner[chance.choice(["zzz", "name", "gaps"])] = chance.choice(VALUES)
        else:
            inner.append(deepcopy(inner[last]))
    return data


def load(actors: Any, keywords: Any) -> DataFolders:
    with TemporaryDirectory() as name:
        for part, data in (("actors", actors), ("keywords", keywords)):
            (Path(name) / part).mkdir()
            (Path(name) / part / "data.yaml").write_text(
                yaml.safe_dump(data, allow_unicode=True), "utf-8"
            )
        return load_folders(Path(name) / "actors", Path(name) / "keywords")


GOOD: Final = load(yaml.safe_load(ACTORS), yaml.safe_load(KEYWORDS))


def test_the_undamaged_data_are_valid() -> None:
    """Otherwise the damage would show nothing."""
    assert [problem for document in GOOD.documents for problem in document.problems] == []


@given(st.randoms(use_true_random=False))
@examples(60)
def test_damaged_data_are_loaded_or_refused(chance: Random) -> None:
    """So a service that reloads can keep its last valid data: no other error is raised."""
    folders = load(
        damage(yaml.safe_load(ACTORS), chance),
        damage(yaml.safe_load(KEYWORDS), chance)
        if chance.random() < 0.2
        else yaml.safe_load(KEYWORDS),
    )
    try:
        raise_if_bad(folders.documents)
        build_gazetteer(folders.entries())
    except DocumentError:
        assert any(document.problems for document in folders.documents)
    lint(folders)
    compare(folders, GOOD)
