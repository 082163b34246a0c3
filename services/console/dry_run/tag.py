"""``summitwire try tag``: texts and JSON lines through the tagger's functions, without a broker."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.console.errors import EXIT_USAGE, fail
from services.console.inputs.article_inputs import (
    ArticleInput,
    Place,
    UnusableInput,
    handle_articles,
    parse_moment,
)
from services.console.inputs.input_tagging import clean_from_input
from services.console.options import (
    ACTORS,
    KEYWORDS,
    ActorsFolder,
    JsonPerArticle,
    KeywordsFolder,
)
from services.console.printing.json_lines import json_line
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.offices.terms import describe_limit
from services.tagger.pipeline import tag
from shared.messages.schemas import (
    CountryMention,
    EventMention,
    KeywordHit,
    Mention,
    OfficeHeld,
    TaggedArticle,
)

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="Plain text, or JSON lines with id, headline, body, language, published; "
        "- is standard input.",
    ),
]
Reasons = Annotated[
    bool,
    typer.Option(
        "--reasons", help="With --json: why each mention was resolved as it was, or left open."
    ),
]
Day = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        help="The date of articles that state none; by default today (UTC).",
    ),
]


def try_tag(
    paths: Paths,
    json_: JsonPerArticle = False,
    date: Day = None,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
    reasons: Reasons = False,
) -> None:
    """Tag people, offices, countries and keywords, as the tagger does.

    Example: summitwire try tag --json --date 2018-09-12 story.txt
    """
    gazetteer = load_gazetteer(actors, keywords)
    try:
        undated = parse_moment(date, Place("--date")) if date else _today()
    except UnusableInput as error:
        raise fail(str(error), EXIT_USAGE) from error
    if exit_code := handle_articles(
        paths,
        lambda article: _print(article, undated, gazetteer, json_=json_, reasons=reasons),
        takes_text=True,
    ):
        raise typer.Exit(exit_code)


def as_json(article: ArticleInput, tagged: TaggedArticle, *, reasons: bool) -> dict[str, Any]:
    """Return the object that ``--json`` prints.

    Offsets are into the body, or into the field that ``field`` names.
    """
    return {
        "id": article.id,
        "mentions": [
            _span(mention)
            | {
                "surface": mention.surface,
                "actor": mention.actor,
                "office": mention.office,
                "kind": mention.kind,
                "ambiguous": list(mention.ambiguous),
            }
            | (_reasons(mention) if reasons else {})
            for mention in tagged.mentions
        ],
        "countries": [
            _span(country)
            | {"surface": country.surface, "iso3": country.iso3, "metonym": country.metonym}
            for country in tagged.countries
        ],
        "keywords": [_span(hit) | {"keyword": hit.keyword} for hit in tagged.keywords],
        "events": [
            _span(event)
            | {
                "event": event.event,
                "status": event.status,
                "reason": event.reason,
                "who": event.who,
                "to": event.to,
            }
            for event in tagged.event_mentions
        ],
        "actors": [
            {"actor": actor.actor, "offices": [held.office for held in actor.offices]}
            for actor in tagged.actors
        ],
    }


def as_text(article: ArticleInput, tagged: TaggedArticle, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield the lines for people."""
    day = tagged.article.event_time.astimezone(UTC).date()
    yield f"{article.id}: offices as of {tagged.article.event_time:%Y-%m-%d}"
    for actor in tagged.actors:
        offices = "; ".join(map(_office, actor.offices))
        yield f"  {actor.actor:24} {actor.name}" + (f" · {offices}" if offices else "")
    yield "  mentions"
    for mention in tagged.mentions:
        office = gazetteer.offices.get(mention.office or "")
        limit = describe_limit(office, day) if office and mention.actor is None else ""
        meaning = f"{_resolution(mention)}: {limit or mention.reason}"
        yield f"    {_position(mention)}  {mention.surface!r} → {meaning}"
    yield "  countries"
    for country in tagged.countries:
        seat = " (seat)" if country.metonym else ""
        yield f"    {_position(country)}  {country.surface!r} → {country.iso3}{seat}"
    if tagged.event_mentions:
        yield "  events"
        yield from (f"    {_position(event)}  {_event(event)}" for event in tagged.event_mentions)
    yield "  keywords"
    yield from (f"    {_position(hit)}  {hit.surface!r} → {hit.keyword}" for hit in tagged.keywords)


def _print(
    article: ArticleInput, undated: datetime, gazetteer: Gazetteer, *, json_: bool, reasons: bool
) -> None:
    tagged = tag(clean_from_input(article, undated), gazetteer)
    if json_:
        sys.stdout.write(json_line(as_json(article, tagged, reasons=reasons)) + "\n")
    else:
        sys.stdout.write("\n".join(as_text(article, tagged, gazetteer)) + "\n\n")


def _today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _span(hit: Mention | CountryMention | KeywordHit | EventMention) -> dict[str, Any]:
    span: dict[str, Any] = {"start": hit.start, "end": hit.end}
    return span | ({"field": hit.field} if hit.field != "body" else {})


def _reasons(mention: Mention) -> dict[str, Any]:
    known_until = mention.known_until.isoformat() if mention.known_until else None
    return {"reason": mention.reason, "known_until": known_until}


def _position(hit: Mention | CountryMention | KeywordHit | EventMention) -> str:
    return f"{hit.field:8} {hit.start:5}–{hit.end:<5}"


def _resolution(mention: Mention) -> str:
    if mention.actor:
        return mention.actor + (f" ({mention.office})" if mention.office else "")
    candidates = f"one of {', '.join(mention.ambiguous)}" if mention.ambiguous else "nobody known"
    return f"{candidates} ({mention.office})" if mention.office else candidates


def _event(event: EventMention) -> str:
    status = f"{event.status or 'undecided'}: {event.reason}"
    roles = " → ".join(role or "–" for role in (event.who, event.to))
    return f"{event.surface!r} → {event.event} ({status}) · {roles}"


def _office(office_held: OfficeHeld) -> str:
    acting = " (acting)" if office_held.acting else ""
    return office_held.title + acting + ("" if office_held.verified else " (dates not verified)")
