"""``summitwire actors import``: public data in files → a file of seeds/actors to review."""

import csv
import io
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
import yaml
from babel.core import get_global

from services.console.errors import EXIT_USAGE, fail, say
from services.console.options import ACTORS, KEYWORDS
from services.tagger.data.entries import Actor
from services.tagger.data.loader import load_folders
from services.tagger.imports.congress import convert_congress
from services.tagger.imports.followthemoney import convert_followthemoney
from services.tagger.imports.render import ImportedOffice, ImportedPerson, render_entries
from services.tagger.imports.wikidata import QUERY, Row, convert_wikidata, parse_rows

import_app = typer.Typer(
    help="Convert public data to the form of seeds/actors; the file goes to standard output.",
    no_args_is_help=True,
)

_CONGRESS: Final = """\
United States Congress, presidents and vice presidents: who is who, and who held a seat when.

Imported from unitedstates/congress-legislators (CC0-1.0): {files}; terms that end on {since} or
later. Made by `summitwire actors import congress`; it may be edited by hand. Terms without a gap
between them are joined. `common_name`: the name counts only after a title (Sen., Rep.), because
many people have it."""
_FOLLOWTHEMONEY: Final = """\
Imported from FollowTheMoney entities ({files}) by `summitwire actors import followthemoney`.
State the data's licence here and review each entry: ids must be slugs that no other file has,
`body` must be one of our organisations, and nothing is verified yet."""
_WIKIDATA: Final = """\
Imported from Wikidata (CC0-1.0; {files}) by `summitwire actors import wikidata`. Review each
entry: ids must be slugs that no other file has, `body` must be one of our organisations, and
nothing is verified yet. A first of January may stand for a year of which only the year is known."""

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE…", exists=True, dir_okay=False, help="The files to read."),
]
Since = Annotated[
    str, typer.Option("--since", metavar="YYYY-MM-DD", help="Leave out whoever left before.")
]
ReplacedFile = Annotated[
    str,
    typer.Option(
        "--over",
        metavar="NAME",
        help="The file of seeds/actors that this import replaces, whose people are made again.",
    ),
]


@import_app.command("congress")
def import_congress(
    files: Files, since: Since = "2017-01-01", over: ReplacedFile = "usa-congress.yaml"
) -> None:
    """Import legislators-*.yaml and executive.yaml of unitedstates/congress-legislators.

    Example: summitwire actors import congress legislators-*.yaml executive.yaml > usa-congress.yaml
    """
    entries = [entry for path in files for entry in _load_yaml(path)]
    try:
        people, offices = convert_congress(entries, _actors(over), date.fromisoformat(since))
    except (KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise fail(f"not a file of congress-legislators: {reason}", EXIT_USAGE) from error
    except ValueError as error:
        raise fail(f"not a date: {error}; write 2017-01-01", EXIT_USAGE) from error
    header = _CONGRESS.format(files=_names(files), since=since)
    _write(people, offices, header, "congress-legislators", verified=True)


@import_app.command("followthemoney")
def import_followthemoney(files: Files) -> None:
    """Import Person, Position and Occupancy entities (JSON lines), such as OpenSanctions publishes.

    Example: summitwire actors import followthemoney entities.ftm.json > seeds/actors/new.yaml
    """
    alpha3_codes = {
        new[0].lower(): old
        for old, new in get_global("territory_aliases").items()
        if len(old) == 3 and len(new) == 1 and old.isalpha()
    }
    entities = [entity for path in files for entity in _iter_entities(path)]
    people, offices = convert_followthemoney(entities, alpha3_codes)
    header = _FOLLOWTHEMONEY.format(files=_names(files))
    _write(people, offices, header, "FollowTheMoney", verified=False)


@import_app.command(
    "wikidata",
    help=f"""Import the rows of a Wikidata query, downloaded as JSON or CSV from query.wikidata.org.

    Example: summitwire actors import wikidata query.json > seeds/actors/new.yaml

    \b
    The query; put in the positions that you want:
    {QUERY.replace(chr(10), chr(10) + "    ")}
    """,
)
def import_wikidata(files: Files) -> None:
    """Import the rows of a Wikidata query; the help is above because it holds the query."""
    ids = {actor.wikidata: actor.id for actor in _actors("") if actor.wikidata}
    rows = [row for path in files for row in _load_rows(path)]
    people, offices = convert_wikidata(rows, ids)
    _write(people, offices, _WIKIDATA.format(files=_names(files)), "Wikidata", verified=False)


def _names(files: Iterable[Path]) -> str:
    return ", ".join(path.name for path in files)


def _load_rows(path: Path) -> list[Row]:
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".csv":
            return parse_rows(list(csv.DictReader(io.StringIO(text))))
        return parse_rows(orjson.loads(text))
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        raise fail(f"{path}: {error}", EXIT_USAGE) from error


def _actors(except_file: str) -> list[Actor]:
    """Return the people of seeds/actors except those of one file."""
    entries = load_folders(ACTORS, KEYWORDS).located.actors
    return [entry.entry for entry in entries if Path(entry.document.file).name != except_file]


def _write(
    people: list[ImportedPerson],
    offices: list[ImportedOffice],
    header: str,
    source: str,
    *,
    verified: bool,
) -> None:
    for line in render_entries(people, offices, header=header, source=source, verified=verified):
        sys.stdout.write(line + "\n")
    terms = sum(len(office.terms) for office in offices)
    say(f"{len(people)} people, {len(offices)} offices with {terms} terms")


def _load_yaml(path: Path) -> Iterable[Mapping[str, Any]]:
    try:
        entries = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise fail(f"{path}: not YAML: {error}", EXIT_USAGE) from error
    if not isinstance(entries, list):
        raise fail(f"{path}: expected a list of people", EXIT_USAGE)
    return entries


def _iter_entities(path: Path) -> Iterable[Mapping[str, Any]]:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entity = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise fail(f"{path}:{number}: not JSON: {error}", EXIT_USAGE) from error
        if not isinstance(entity, dict) or not {"id", "schema"} <= entity.keys():
            raise fail(f"{path}:{number}: not an entity: expected id and schema", EXIT_USAGE)
        yield entity
