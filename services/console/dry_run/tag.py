"""``summitwire try tag``: texts and JSON lines through the tagger's own functions, without a broker."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import orjson
import typer

from services.cleaner.text.language import detect_language
from services.console.errors import EXIT_USAGE, say
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from services.tagger.pipeline import tag
from shared.base.settings import project_root
from shared.messages.schemas import (
    CleanArticle,
    CountryMention,
    Event,
    KeywordHit,
    Mention,
    OfficeHeld,
    TaggedArticle,
    TimeSource,
)

STANDARD_INPUT: Final = "-"
_JSON_LINES: Final = frozenset({".jsonl", ".ndjson", ".json"})
_SEEDS: Final = project_root() / "seeds"

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="Plain text, or JSON lines with id, headline, text, date; - is standard input.",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object an article on standard output.")
]
Reasons = Annotated[
    bool,
    typer.Option(
        "--reasons", help="With --json: why each mention means whom it means, or stays open."
    ),
]
Day = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        help="The date of articles that state none; else today (UTC).",
    ),
]
Actors = Annotated[
    Path,
    typer.Option(
        "--actors", help="Folder of people, offices and countries.", show_default="seeds/actors"
    ),
]
Keywords = Annotated[
    Path,
    typer.Option("--keywords", help="Folder of the vocabulary.", show_default="seeds/keywords"),
]


class Unusable(Exception):  # noqa: N818 - named for what the input is
    """An input is no article; the text is one line that says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An article as it is handed in."""

    id: str | int
    text: str
    headline: str = ""
    date: str | None = None


def try_tag(
    paths: Paths,
    json_: Json = False,
    date: Day = None,
    actors: Actors = _SEEDS / "actors",
    keywords: Keywords = _SEEDS / "keywords",
    reasons: Reasons = False,
) -> None:
    """Tag people, offices, countries and keywords, as the tagger does.

    Example: summitwire try tag --json --date 2018-09-12 story.txt
    """
    gazetteer = load_gazetteer(actors, keywords)
    failed = False
    try:
        default = _moment(date, "--date") if date else _today()
    except Unusable as error:
        say(str(error))
        raise typer.Exit(EXIT_USAGE) from error
    for path in paths:
        failed |= not _try_file(path, gazetteer, default, json_=json_, reasons=reasons)
    if failed:
        raise typer.Exit(EXIT_USAGE)


def tag_given(given: Given, default: datetime, gazetteer: Gazetteer) -> TaggedArticle:
    """The article through the tagger, dated as it says or else by ``default``. Raises Unusable."""
    moment = _moment(given.date, str(given.id)) if given.date else default
    language, confidence = detect_language(given.text or given.headline)
    article = CleanArticle(
        article_id=str(given.id),
        revision="",
        uri=f"urn:summitwire:try:{given.id}",
        source="try",
        headline=given.headline,
        body=given.text,
        language=language,
        language_confidence=confidence,
        event_time=moment,
        event_time_source=TimeSource.MANIFEST,
        content_sha256="",
        signature=(),
        paragraphs=(),
        sentences=(),
    )
    return tag(article, gazetteer)


def as_json(given: Given, tagged: TaggedArticle, *, reasons: bool = False) -> dict[str, Any]:
    """The object that ``--json`` prints; offsets are into ``text``, or into the headline where ``field`` says so."""
    return {
        "id": given.id,
        "mentions": [
            _place(one)
            | {
                "surface": one.surface,
                "actor": one.actor,
                "office": one.office,
                "kind": one.kind,
                "ambiguous": list(one.ambiguous),
            }
            | ({"reason": one.reason} if reasons else {})
            for one in tagged.mentions
        ],
        "countries": [
            _place(one) | {"surface": one.surface, "iso3": one.iso3, "metonym": one.metonym}
            for one in tagged.countries
        ],
        "keywords": [_place(one) | {"keyword": one.keyword} for one in tagged.keywords],
    }


def as_text(given: Given, tagged: TaggedArticle) -> Iterator[str]:
    """The lines that a person reads."""
    yield f"{given.id}: offices as of {tagged.article.event_time:%Y-%m-%d}"
    for actor in tagged.actors:
        offices = "; ".join(map(_office, actor.offices))
        yield f"  {actor.actor:24} {actor.name}" + (f" · {offices}" if offices else "")
    yield "  mentions"
    yield from (
        f"    {_where(one)}  {one.surface!r} → {_who(one)}: {one.reason}" for one in tagged.mentions
    )
    yield "  countries"
    yield from (
        f"    {_where(one)}  {one.surface!r} → {one.iso3}" + (" (seat)" if one.metonym else "")
        for one in tagged.countries
    )
    if tagged.events:
        yield "  events"
        yield from (f"    {_where(one)}  {_event(one)}" for one in tagged.events)
    yield "  keywords"
    yield from (f"    {_where(one)}  {one.surface!r} → {one.keyword}" for one in tagged.keywords)


def _try_file(
    path: Path, gazetteer: Gazetteer, default: datetime, *, json_: bool, reasons: bool
) -> bool:
    try:
        for given in _articles(path):
            tagged = tag_given(given, default, gazetteer)
            sys.stdout.write(
                orjson.dumps(as_json(given, tagged, reasons=reasons)).decode() + "\n"
                if json_
                else "\n".join(as_text(given, tagged)) + "\n\n"
            )
    except Unusable as error:
        say(str(error))
        return False
    finally:
        sys.stdout.flush()
    return True


def _articles(path: Path) -> Iterator[Given]:
    text = _text(path)
    if path.suffix.lower() not in _JSON_LINES and not text.lstrip().startswith("{"):
        yield Given(id=str(path), text=text)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _given(line, f"{path}:{number}")


def _given(line: str, where: str) -> Given:
    try:
        return msgspec.convert(orjson.loads(line), Given, strict=True)
    except orjson.JSONDecodeError as error:
        raise Unusable(f"{where}:{error.colno}: not JSON: {error.msg}") from error
    except msgspec.ValidationError as error:
        raise Unusable(
            f"{where}: not an article: {error}; expected id, text and, if known, headline and date"
        ) from error


def _text(path: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise Unusable(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unusable(
            f"{path}: not UTF-8: byte {error.start} is {error.object[error.start]:#04x}"
        ) from error


def _moment(date: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        raise Unusable(
            f"{where}: not a date: {date!r}; write 2018-09-12 or 2018-09-12T08:30:00Z"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _place(one: Mention | CountryMention | KeywordHit) -> dict[str, Any]:
    place: dict[str, Any] = {"start": one.start, "end": one.end}
    return place | ({"field": "headline"} if one.field == "headline" else {})


def _where(one: Mention | CountryMention | KeywordHit | Event) -> str:
    return f"{one.field:8} {one.start:5}–{one.end:<5}"


def _who(mention: Mention) -> str:
    if mention.actor:
        return mention.actor + (f" ({mention.office})" if mention.office else "")
    named = f"one of {', '.join(mention.ambiguous)}" if mention.ambiguous else "nobody known"
    return f"{named} ({mention.office})" if mention.office else named


def _event(event: Event) -> str:
    marks = [
        event.tense,
        *(["negated"] if event.negated else []),
        *(["quoted"] if event.quoted else []),
    ]
    return f"{event.source} → {event.event} → {event.target or 'nobody named'} ({', '.join(marks)})"


def _office(held: OfficeHeld) -> str:
    return (
        held.title
        + (" (acting)" if held.acting else "")
        + ("" if held.verified else " (dates not verified)")
    )
