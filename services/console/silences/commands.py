"""``summitwire silence``: add, list and expire silences, in the words of amtool."""

import asyncio
import getpass
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from services.alerting.routes.matchers import LabelMatcher, MatcherError, parse_matcher
from services.alerting.silences.new_silence import (
    FORGOTTEN_AFTER,
    SilenceError,
    build_silence,
    end_silence,
    silence_state,
)
from services.alerting.silences.silence_book import ParsedSilence
from services.console.durations import parse_duration
from services.console.errors import EXIT_USAGE, fail, say
from services.console.id_search import find_by_id
from services.console.options import DestinationName, JsonLines, JsonObject
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.routes.label_values import describe_unknown_values
from services.console.silences.store import load_silences, write_silences
from shared.base import settings
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.messages.codec import to_utc
from shared.messages.schemas import Silence

_ID_BYTES: Final = 8

app = typer.Typer(
    help="Tell nobody of some alerts for a while; list such silences, and end them.",
    no_args_is_help=True,
)

Matchers = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[MATCHER]...",
        help="Like severity=low, rule=~summit-.*, actor=kim-jong-un; all must hold.",
        show_default=False,
    ),
]
Comment = Annotated[str, typer.Option("--comment", "-c", help="Why; receipts and lists show it.")]
Duration = Annotated[
    str | None, typer.Option("--duration", "-d", help="How long, e.g. 2h.", show_default="1h")
]
Start = Annotated[
    str | None,
    typer.Option("--start", help="When it begins: 2026-12-01T22:00+08:00.", show_default="now"),
]
End = Annotated[str | None, typer.Option("--end", help="When it ends, instead of --duration.")]
Author = Annotated[
    str | None, typer.Option("--author", "-a", help="Who silences.", show_default="your user name")
]
Story = Annotated[
    str | None,
    typer.Option("--story", metavar="ID", help="Only a story, by the id that the board shows."),
]
Expired = Annotated[bool, typer.Option("--expired", help="Show those that have ended, too.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, or how they begin.")]


@app.command(epilog="Example: summitwire silence add country=prk owner=asia -d 2h -c 'live page'")
def add(
    matchers: Matchers = None,
    comment: Comment = "",
    duration: Duration = None,
    start: Start = None,
    end: End = None,
    author: Author = None,
    story: Story = None,
    destination: DestinationName = None,
    json_: JsonObject = False,
) -> None:
    """Silence alerts for which all matchers hold; print the silence's id.

    Nobody is told of them meanwhile, and they are not sent afterwards. Corrections and withdrawals
    of what was sent are sent all the same. Values that no rule, owner, actor or country has give a
    warning, where RULES_DIR and ACTORS_DIR can be read.
    """
    now = datetime.now(UTC)
    starts_at = _parse_time(start, "--start") if start else now
    try:
        silence = build_silence(
            secrets.token_hex(_ID_BYTES),
            matchers or (),
            starts_at=starts_at,
            ends_at=_end(starts_at, duration, end),
            now=now,
            author=author or getpass.getuser(),
            comment=comment,
            story_id=story,
            destination=destination,
        )
    except SilenceError as error:
        raise fail(str(error), EXIT_USAGE) from None
    for warning in describe_unknown_values([*map(parse_matcher, silence.matchers)]):
        say(warning)
    asyncio.run(_add(silence, now))
    typer.echo(_as_json(silence, now) if json_ else silence.silence_id)


@app.command("list", epilog="Example: summitwire silence list --expired --json")
def list_(matchers: Matchers = None, expired: Expired = False, json_: JsonLines = False) -> None:
    """Show the silences that hold or will hold, the one that ends last first.

    With matchers only those that have all of them, as they were written.
    """
    wanted = {str(_parse(text)) for text in matchers or ()}
    now = datetime.now(UTC)
    shown = [
        each.silence
        for each in asyncio.run(_load())
        if (expired or each.silence.ends_at > now) and wanted <= set(each.silence.matchers)
    ]
    for silence in shown:
        typer.echo(_as_json(silence, now) if json_ else _as_line(silence, now))
    if not json_:
        say(count_of(len(shown), "silence"))


@app.command(epilog="Example: summitwire silence expire 5f0c6a1e")
def expire(ids: Ids, json_: JsonLines = False) -> None:
    """End silences now; what they have silenced is not sent any more."""
    now = datetime.now(UTC)
    silences = [each.silence for each in asyncio.run(_load())]
    chosen = [
        find_by_id(
            silences,
            start,
            noun="silence",
            list_command="summitwire silence list",
            id_of=lambda silence: silence.silence_id,
            why_over=lambda silence: _why_over(silence, now),
        )
        for start in ids
    ]
    ended = [end_silence(each, now) for each in chosen]
    asyncio.run(write_silences(_cluster(), ended, ()))
    for silence in ended:
        typer.echo(_as_json(silence, now) if json_ else _as_line(silence, now))


async def _add(silence: Silence, now: datetime) -> None:
    cluster = _cluster()
    old = [
        each.silence.silence_id
        for each in (await load_silences(cluster)).silences
        if each.silence.ends_at < now - FORGOTTEN_AFTER
    ]
    await write_silences(cluster, [silence], old)


async def _load() -> list[ParsedSilence]:
    book = await load_silences(_cluster())
    for key, because in book.unreadable.items():
        say(f"the silence {key.decode('utf-8', 'replace')} cannot be read: {because}")
    return book.silences


def _cluster() -> Cluster:
    return Cluster(settings.load(KafkaSettings))


def _parse(text: str) -> LabelMatcher:
    try:
        return parse_matcher(text)
    except MatcherError as error:
        hint = f"; {error.suggestion}" if error.suggestion else ""
        raise fail(f"{error}{hint}", EXIT_USAGE) from None


def _parse_time(text: str, option: str) -> datetime:
    try:
        return to_utc(datetime.fromisoformat(text))
    except ValueError:
        raise fail(
            f"{option}: {text[:40]!r} is not a time: write 2026-12-01T22:00+08:00", EXIT_USAGE
        ) from None


def _end(starts_at: datetime, duration: str | None, end: str | None) -> datetime:
    if duration and end:
        raise fail("give either --duration or --end, not both", EXIT_USAGE)
    if end:
        return _parse_time(end, "--end")
    return starts_at + timedelta(seconds=parse_duration(duration or "1h"))


def _why_over(silence: Silence, now: datetime) -> str:
    return "" if silence.ends_at > now else f"has ended at {_clock(silence.ends_at)}"


def _as_json(silence: Silence, now: datetime) -> str:
    return json_line(
        {
            "id": silence.silence_id,
            "state": silence_state(silence, now),
            "matchers": silence.matchers,
            "story": silence.story_id,
            "destination": silence.destination,
            "starts_at": silence.starts_at.isoformat(),
            "ends_at": silence.ends_at.isoformat(),
            "author": silence.author,
            "comment": silence.comment,
        }
    )


def _as_line(silence: Silence, now: datetime) -> str:
    about = [*silence.matchers]
    about += [f"story {silence.story_id}"] if silence.story_id else []
    about += [f"at {silence.destination}"] if silence.destination else []
    until = f"{_clock(silence.starts_at)} to {_clock(silence.ends_at)}"
    parts = (silence.silence_id, silence_state(silence, now), until, silence.author)
    return "  ".join((*parts, " ".join(about), " ".join(silence.comment.split())))


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
