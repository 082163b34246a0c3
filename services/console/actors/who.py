"""``summitwire actors who``: who held an office on a day, or which offices a person held."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from services.console.actors.list_entries import Country
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.options import (
    ACTORS,
    KEYWORDS,
    ActorsFolder,
    JsonLines,
    KeywordsFolder,
)
from services.console.printing.json_lines import json_line
from services.tagger.data.entries import Office, OfficeTerm
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.offices.terms import (
    describe_limit,
    listed_terms_on,
    offices_on,
    terms_on,
)
from shared.files.yaml_document import did_you_mean

Name = Annotated[
    str,
    typer.Argument(
        metavar="OFFICE|PERSON",
        help='An office ("secretary of state", us-secretary-of-state) or a person.',
    ),
]
Day = Annotated[
    str | None,
    typer.Option("--on", metavar="YYYY-MM-DD", help="The day; by default today (UTC)."),
]


def who(
    name: Name,
    on: Day = None,
    country: Country = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Say who held an office on a day, or which offices a person held; exit 1 if nobody is known.

    Example: summitwire actors who "secretary of state" --on 2018-04-10
    """
    gazetteer, day = load_gazetteer(actors, keywords), _parse_day(on)
    offices, people = _offices(name, country, gazetteer), _people(name, gazetteer)
    if not offices and not people:
        raise fail(f"no office or person is called {name!r}; {_hint(name, gazetteer)}", EXIT_BAD)
    terms = [(office, term) for office in offices for term in terms_on(office, day)]
    terms += [pair for id_ in people for pair in _terms_of_person(id_, day, gazetteer)]
    for office, term in terms:
        typer.echo((_as_json if json_ else _as_text)(office, term, day, gazetteer))
    for office in offices:
        if not terms_on(office, day):
            limit = describe_limit(office, day) or f"nobody is known to hold it on {day}"
            say(f"{office.id}: {limit}")
    for id_ in people:
        if not offices_on(id_, day, gazetteer):
            say(f"{id_}: {_describe_no_office(id_, day, gazetteer)}")
    if not terms:
        raise typer.Exit(EXIT_BAD)


def _offices(name: str, country: str | None, gazetteer: Gazetteer) -> list[Office]:
    """Return the offices with this id or name, of any country or of one (KOR)."""
    offices = {
        office.id: office
        for office in gazetteer.offices.values()
        if country in {None, office.country}
    }
    ids = (name,) if name in offices else gazetteer.name_lookup.find("office", name, offices)
    return [offices[id_] for id_ in ids]


def _people(name: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the ids of people with this id or full name, or else with this surname."""
    people = gazetteer.actors
    return (name,) if name in people else gazetteer.name_lookup.find("actor", name, people)


def _terms_of_person(
    id_: str, day: date, gazetteer: Gazetteer
) -> Iterator[tuple[Office, OfficeTerm]]:
    for held_office in offices_on(id_, day, gazetteer):
        office = gazetteer.offices[held_office.office]
        yield from ((office, term) for term in terms_on(office, day) if term.holder == id_)


def _describe_no_office(id_: str, day: date, gazetteer: Gazetteer) -> str:
    """Say why no office of a person is listed: the data end before, or there is none."""
    expired = [
        f"{office.id} is {describe_limit(office, day)}"
        for office in map(gazetteer.offices.__getitem__, gazetteer.offices_by_holder.get(id_, ()))
        if any(term.holder == id_ for term in listed_terms_on(office, day))
    ]
    actor = gazetteer.actors.get(id_)
    if actor and actor.died and actor.died < day:
        return f"died on {actor.died}"
    return "; ".join(expired) or f"no office is known on {day}"


def _as_json(office: Office, term: OfficeTerm, day: date, gazetteer: Gazetteer) -> str:
    result: dict[str, Any] = {
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
    return json_line(result)


def _as_text(office: Office, term: OfficeTerm, _day: date, gazetteer: Gazetteer) -> str:
    acting = " (acting)" if term.acting else ""
    unverified = "" if term.verified else " (dates not verified)"
    dates = f"{term.start} to {_describe_end(office, term)}{acting}{unverified}"
    return f"{office.id}: {term.holder}, {gazetteer.name_of(term.holder)}, {dates}; {term.source}"


def _describe_end(office: Office, term: OfficeTerm) -> str:
    """Return the last day of a term, or the day to which an open one is known."""
    if term.end and not (office.known and office.known.end and term.end > office.known.end):
        return str(term.end)
    return f"now, as known to {office.known.end}" if office.known and office.known.end else "now"


def _hint(name: str, gazetteer: Gazetteer) -> str:
    names = [
        office_name
        for office in gazetteer.offices.values()
        for office_name in (office.id, *office.names)
    ]
    names += [actor.name for actor in gazetteer.actors.values()]
    return did_you_mean(name, names) or "`summitwire actors list --kind offices` lists them"


def _parse_day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fail(f"--on: not a date: {text!r}; write 2018-04-10", EXIT_USAGE) from None
