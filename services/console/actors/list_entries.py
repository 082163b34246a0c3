"""``summitwire actors list``: what the tagger knows, with every spelling."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import typer

from services.console.options import (
    ACTORS,
    KEYWORDS,
    ActorsFolder,
    JsonLines,
    KeywordsFolder,
)
from services.console.printing.json_lines import json_line
from services.tagger.data.entries import Actor, Office
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.data.variants import variants

Country = Annotated[
    str | None, typer.Option("--country", metavar="ISO3", help="Only of this country, such as KOR.")
]
Kind = Annotated[
    Literal["people", "offices", "organisations", "countries"],
    typer.Option("--kind", help="What to list."),
]


def list_entries(
    kind: Kind = "people",
    country: Country = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """List people with all their spellings, or offices, organisations or countries.

    Spellings that follow from a rule name the rule.

    Example: summitwire actors list --kind offices --country KOR
    """
    gazetteer = load_gazetteer(actors, keywords)
    for entry in _entries(kind, gazetteer):
        if country in {None, entry.get("country"), entry.get("iso3")}:
            typer.echo(json_line(entry) if json_ else _as_text(entry))


def _entries(kind: str, gazetteer: Gazetteer) -> Iterable[dict[str, Any]]:
    if kind == "people":
        forms = variants(gazetteer.actors.values())
        return (
            _person(actor, {form.name: form.rule for form in forms.get(id_, ())})
            for id_, actor in gazetteer.actors.items()
        )
    if kind == "offices":
        return map(_office, gazetteer.offices.values())
    if kind == "organisations":
        return (
            {
                "id": organisation.id,
                "name": organisation.names[0],
                "country": organisation.country,
                "names": [*organisation.names, *organisation.abbreviations],
            }
            for organisation in gazetteer.organisations.values()
        )
    return (
        {
            "iso3": country.iso3,
            "name": country.names[0],
            "names": [*country.names, *country.demonyms],
            "metonyms": list(country.metonyms),
        }
        for country in gazetteer.countries.values()
    )


def _person(actor: Actor, rules: dict[str, str]) -> dict[str, Any]:
    """Return the entry of a person; ``rules``: the spellings that follow from a rule."""
    listed: dict[str, str | None] = dict.fromkeys((actor.name, *actor.names))
    return {
        "id": actor.id,
        "name": actor.name,
        "country": actor.country,
        "gender": actor.gender,
        "wikidata": actor.wikidata,
        "names": [{"name": name, "rule": rule} for name, rule in (listed | rules).items()],
    }


def _office(office: Office) -> dict[str, Any]:
    return {
        "id": office.id,
        "name": office.names[0],
        "country": office.country,
        "names": [*office.names, *office.needs_country],
        "terms": len(office.terms),
    }


def _as_text(entry: dict[str, Any]) -> str:
    country = f" {entry['country']}" if entry.get("country") else ""
    names = "; ".join(map(_spelling, entry["names"]))
    return f"{entry.get('id') or entry['iso3']:32}{country:4} {names}"


def _spelling(name: str | dict[str, Any]) -> str:
    if isinstance(name, str):
        return name
    rule = f" ({name['rule']})" if name["rule"] else ""
    return f"{name['name']}{rule}"
