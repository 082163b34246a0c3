"""``summitwire actors``: check the people and offices that the tagger knows, ask who held what, list them, and import more."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import orjson
import typer

from services.console.actors.import_data import import_app
from services.console.actors.propose import propose
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.problem_lines import print_problems
from services.tagger.data.entries import Actor, Office, OfficeTerm
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.data.lint_entries import compare, lint
from services.tagger.data.loader import load_folders
from services.tagger.data.lookup import actors_by_name, offices_by_name
from services.tagger.data.variants import variants
from services.tagger.office_terms import offices_on, terms_on
from shared.base.settings import project_root
from shared.files.yaml_document import did_you_mean

app = typer.Typer(
    help="Check, ask and list the people and offices that the tagger knows.", no_args_is_help=True
)
app.add_typer(import_app, name="import")
app.command("propose")(propose)

_SEEDS: Final = project_root() / "seeds"

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        exists=True,
        file_okay=False,
        help="Files of actors.",
        show_default="seeds/actors",
    ),
]
Actors = Annotated[
    Path,
    typer.Option(
        "--actors",
        exists=True,
        help="Folder of people, offices and countries.",
        show_default="seeds/actors",
    ),
]
Keywords = Annotated[
    Path,
    typer.Option(
        "--keywords", exists=True, help="Folder of the vocabulary.", show_default="seeds/keywords"
    ),
]
Against = Annotated[
    Path | None,
    typer.Option(
        "--against",
        exists=True,
        file_okay=False,
        help="An older folder: ids that are gone since are errors.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
On = Annotated[
    str | None,
    typer.Option("--on", metavar="YYYY-MM-DD", help="The day asked about; else today (UTC)."),
]
Of = Annotated[
    str | None, typer.Option("--country", metavar="ISO3", help="Only of this country, such as KOR.")
]


@app.command("check")
def check_files(
    folder: Folder = _SEEDS / "actors",
    keywords: Keywords = _SEEDS / "keywords",
    against: Against = None,
    json_: Json = False,
) -> None:
    """Tell every mistake in the data, with its place and how to mend it; exit 1 if there is an error.

    Example: summitwire actors check seeds/actors --json
    """
    folders = load_folders(folder, keywords)
    lint(folders)
    if against:
        compare(folders, load_folders(against, keywords))
    problems = sorted(problem for document in folders.documents for problem in document.problems)
    errors = print_problems(problems, json_=json_)
    say(
        f"{errors} errors, {len(problems) - errors} warnings in {len(folders.located.actors)} people and {len(folders.located.offices)} offices"
    )
    if errors:
        raise typer.Exit(EXIT_BAD)


@app.command("who")
def who(
    named: Annotated[
        str,
        typer.Argument(
            metavar="OFFICE|PERSON",
            help='An office ("secretary of state", us-secretary-of-state) or a person.',
        ),
    ],
    on: On = None,
    country: Of = None,
    json_: Json = False,
    actors: Actors = _SEEDS / "actors",
    keywords: Keywords = _SEEDS / "keywords",
) -> None:
    """Say who held an office on a day, or which offices a person held; exit 1 if nobody is known.

    Example: summitwire actors who "secretary of state" --on 2018-04-10
    """
    gazetteer, day = load_gazetteer(actors, keywords), _day(on)
    offices, people = offices_by_name(named, country, gazetteer), actors_by_name(named, gazetteer)
    if not offices and not people:
        raise fail(f"no office or person is called {named!r}" + _near(named, gazetteer), EXIT_BAD)
    held = [(office, term) for office in offices for term in terms_on(office, day)]
    held += [one for id_ in people for one in _held(id_, day, gazetteer)]
    for office, term in held:
        _print(
            _as_json(office, term, day, gazetteer) if json_ else _as_text(office, term, gazetteer),
            json_=json_,
        )
    vacant = [office.id for office in offices if not terms_on(office, day)] + [
        id_ for id_ in people if not offices_on(id_, day, gazetteer)
    ]
    for id_ in vacant:
        say(f"{id_}: nothing is known for {day}")
    if not held:
        raise typer.Exit(EXIT_BAD)


@app.command("list")
def list_entries(
    kind: Annotated[
        Literal["people", "offices", "organisations", "countries"],
        typer.Option("--kind", help="What to list."),
    ] = "people",
    country: Of = None,
    json_: Json = False,
    actors: Actors = _SEEDS / "actors",
    keywords: Keywords = _SEEDS / "keywords",
) -> None:
    """List people with every spelling (and the rule behind it), or offices, organisations or countries.

    Example: summitwire actors list --kind offices --country KOR
    """
    gazetteer = load_gazetteer(actors, keywords)
    for entry in _listed(kind, gazetteer):
        if country in {None, entry.get("country"), entry.get("iso3")}:
            _print(entry if json_ else _entry_as_text(entry), json_=json_)


def _listed(kind: str, gazetteer: Gazetteer) -> Iterable[dict[str, Any]]:
    if kind == "people":
        by_rule = variants(gazetteer.actors.values())
        return (
            _person(actor, {form.name: form.rule for form in by_rule.get(id_, ())})
            for id_, actor in gazetteer.actors.items()
        )
    if kind == "offices":
        return (_office(office) for office in gazetteer.offices.values())
    if kind == "organisations":
        bodies = gazetteer.organisations.values()
        return (
            {
                "id": one.id,
                "name": one.names[0],
                "country": one.country,
                "names": [*one.names, *one.abbreviations],
            }
            for one in bodies
        )
    countries = gazetteer.countries.values()
    return (
        {
            "iso3": one.iso3,
            "name": one.names[0],
            "names": [*one.names, *one.demonyms],
            "metonyms": list(one.metonyms),
        }
        for one in countries
    )


def _person(actor: Actor, by_rule: dict[str, str]) -> dict[str, Any]:
    listed: dict[str, str | None] = dict.fromkeys((actor.name, *actor.names))
    names = [{"name": name, "rule": rule} for name, rule in (listed | by_rule).items()]
    return {
        "id": actor.id,
        "name": actor.name,
        "country": actor.country,
        "gender": actor.gender,
        "wikidata": actor.wikidata,
        "names": names,
    }


def _office(office: Office) -> dict[str, Any]:
    names = [*office.names, *office.needs_country]
    return {
        "id": office.id,
        "name": office.names[0],
        "country": office.country,
        "names": names,
        "terms": len(office.terms),
    }


def _entry_as_text(entry: dict[str, Any]) -> str:
    names = [
        name
        if isinstance(name, str)
        else name["name"] + (f" ({name['rule']})" if name["rule"] else "")
        for name in entry["names"]
    ]
    where = f" {entry['country']}" if entry.get("country") else ""
    return f"{entry.get('id') or entry['iso3']:32}{where:4} {'; '.join(names)}"


def _held(id_: str, day: date, gazetteer: Gazetteer) -> Iterator[tuple[Office, OfficeTerm]]:
    for held in offices_on(id_, day, gazetteer):
        office = gazetteer.offices[held.office]
        yield from ((office, term) for term in terms_on(office, day) if term.holder == id_)


def _as_json(office: Office, term: OfficeTerm, day: date, gazetteer: Gazetteer) -> dict[str, Any]:
    return {
        "on": day.isoformat(),
        "office": office.id,
        "title": office.names[0],
        "country": office.country,
        "actor": term.holder,
        "name": gazetteer.name_of(term.holder),
        "start": term.start.isoformat(),
        "end": term.end.isoformat() if term.end else None,
        "acting": term.acting,
        "verified": term.verified,
        "source": term.source,
    }


def _as_text(office: Office, term: OfficeTerm, gazetteer: Gazetteer) -> str:
    marks = (" (acting)" if term.acting else "") + (
        "" if term.verified else " (dates not verified)"
    )
    return f"{office.id}: {term.holder}, {gazetteer.name_of(term.holder)}, {term.start} to {term.end or 'now'}{marks}; {term.source}"


def _near(named: str, gazetteer: Gazetteer) -> str:
    names = [
        name for office in gazetteer.offices.values() for name in (office.id, *office.names)
    ] + [one.name for one in gazetteer.actors.values()]
    hint = did_you_mean(named, names)
    return f"; {hint}" if hint else "; `summitwire actors list --kind offices` lists them"


def _day(written: str | None) -> date:
    if written is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise fail(f"--on: not a date: {written!r}; write 2018-04-10", EXIT_USAGE) from None


def _print(entry: dict[str, Any] | str, *, json_: bool) -> None:
    sys.stdout.write((orjson.dumps(entry).decode() if json_ else str(entry)) + "\n")
