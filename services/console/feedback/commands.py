"""``summitwire feedback``: say that a message is acknowledged or wrong, and list what was said."""

import asyncio
import getpass
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from services.console.errors import EXIT_USAGE, fail, say
from services.console.feedback.measure_line import measure_line
from services.console.feedback.store import (
    find_notifications,
    load_activity,
    load_feedback,
    write_feedback,
)
from services.console.id_search import find_by_id
from services.console.options import JsonLines, JsonObject
from services.console.printing.json_lines import json_line
from shared.base import settings
from shared.base.settings import KafkaSettings
from shared.feedback.feedback_book import WRONG_REASONS, InvalidFeedback, build_feedback
from shared.feedback.message_links import reference
from shared.feedback.rule_measures import RuleActivity
from shared.kafka.cluster import Cluster
from shared.messages.schemas import Feedback, FeedbackKind

app = typer.Typer(
    help="Say that messages are acknowledged or wrong, and see what was said.",
    no_args_is_help=True,
)

Message = Annotated[
    str | None,
    typer.Option("--message", "-m", metavar="ID", help="The notification's id, or its beginning."),
]
Story = Annotated[
    str | None,
    typer.Option("--story", metavar="ID", help="Instead: all that was sent of a story so far…"),
]
Destination = Annotated[
    str | None, typer.Option("--destination", metavar="NAME", help="…there, e.g. slack:asia.")
]
RuleIds = Annotated[
    list[str] | None,
    typer.Option("--rule", "-r", metavar="ID", help="Only this rule; may be repeated."),
]
Comment = Annotated[str, typer.Option("--comment", "-c", help="What others should know.")]
Author = Annotated[
    str | None, typer.Option("--author", "-a", help="Who says so.", show_default="your user name")
]
Why = Annotated[str | None, typer.Option("--why", "-w", help=f"One of {', '.join(WRONG_REASONS)}.")]
Withdrawn = Annotated[bool, typer.Option("--withdrawn", help="Show what was withdrawn, too.")]
Dead = Annotated[bool, typer.Option("--dead", help="Only the dead ones.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, or how they begin.")]


@app.command(epilog="Example: summitwire feedback acknowledge --message 1f0e -c 'on it'")
def acknowledge(
    message: Message = None,
    story: Story = None,
    destination: Destination = None,
    comment: Comment = "",
    author: Author = None,
    json_: JsonObject = False,
) -> None:
    """Acknowledge a message: somebody reads it, so it is not escalated. Print the feedback's id."""
    subject = _subject(message, story, destination, None)
    _add("acknowledged", subject, author=author, why=None, comment=comment, json_=json_)


@app.command(epilog="Example: summitwire feedback wrong --message 1f0e --why old_news")
def wrong(
    message: Message = None,
    story: Story = None,
    destination: Destination = None,
    why: Why = None,
    rule: RuleIds = None,
    comment: Comment = "",
    author: Author = None,
    json_: JsonObject = False,
) -> None:
    """Say that a message is wrong, and why. Print the feedback's id.

    It counts in the precision of the message's rules, or of those that --rule names.
    """
    if why is None:
        raise fail(f"say why: --why with one of {', '.join(WRONG_REASONS)}", EXIT_USAGE)
    subject = _subject(message, story, destination, rule)
    _add("wrong", subject, author=author, why=why, comment=comment, json_=json_)


@app.command("list", epilog="Example: summitwire feedback list --rule second-summit --json")
def list_(
    rule: RuleIds = None,
    destination: Destination = None,
    withdrawn: Withdrawn = False,
    json_: JsonLines = False,
) -> None:
    """Show what people said of messages, the newest first."""
    shown = [
        each
        for each in asyncio.run(_load())
        if (withdrawn or each.withdrawn_at is None)
        and (not rule or set(rule) & set(each.rules))
        and destination in (None, each.destination)
    ]
    for each in shown:
        typer.echo(_as_json(each) if json_ else _as_line(each))
    if not json_:
        say(f"{len(shown)} shown")


@app.command(epilog="Example: summitwire feedback withdraw 5f0c6a1e")
def withdraw(ids: Ids, json_: JsonLines = False) -> None:
    """Take back what was said: it counts no longer, and what waits may be escalated again."""
    feedback, now = asyncio.run(_load()), datetime.now(UTC)
    chosen = [replace(_find(feedback, beginning), withdrawn_at=now) for beginning in ids]
    asyncio.run(write_feedback(_cluster(), chosen))
    for each in chosen:
        typer.echo(_as_json(each) if json_ else _as_line(each))


@app.command(epilog="Example: summitwire feedback rules --dead --json")
def rules(dead: Dead = False, json_: JsonLines = False) -> None:
    """Show how often each rule is right, how often it speaks, and which rules are dead.

    Of the last 90 days. Precision is the share of messages that were acknowledged and not wrong,
    with its 95 % interval; a rule is dead if it is silent for much longer than usual.
    """
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    feedback, (activity, titles) = asyncio.run(_load_measured(now_ms))
    measures = activity.measure(titles, feedback, now_ms)
    shown = [each for each in measures if each.state == "dead" or not dead]
    for each in shown:
        typer.echo(json_line(asdict(each)) if json_ else measure_line(each))
    if not json_:
        say(f"{len(shown)} rules, {sum(each.state == 'dead' for each in shown)} dead")


async def _load_measured(
    now_ms: int,
) -> tuple[list[Feedback], tuple[RuleActivity, dict[str, str]]]:
    return await _load(), await load_activity(_cluster(), now_ms)


def _subject(
    message: str | None, story: str | None, destination: str | None, rules: list[str] | None
) -> Feedback:
    """Return feedback about what the options name; who says what is still to be filled in."""
    if (message is None) == (story is None):
        raise fail("say which message: --message ID, or --story ID --destination NAME", EXIT_USAGE)
    if story is not None and destination is None:
        raise fail("a story is one at a destination: add --destination slack:asia", EXIT_USAGE)
    subject = Feedback(
        feedback_id="",
        kind="acknowledged",
        destination=destination or "",
        story_id=story or "",
        author="",
        at=datetime.now(UTC),
        rules=tuple(rules or ()),
    )
    if message is None:
        return subject
    matching = asyncio.run(find_notifications(_cluster(), message))
    if len(matching) != 1:
        number = (
            "no notification begins" if not matching else f"{len(matching)} notifications begin"
        )
        raise fail(f"{number} with {message}: see `summitwire tail notifications.v1`", EXIT_USAGE)
    (notification,) = matching
    fired = tuple(dict.fromkeys(alert.rule_id for alert in notification.alerts))
    if unknown := set(rules or ()) - set(fired):
        listed = ", ".join(fired) or "no rule"
        raise fail(f"{min(unknown)} is no rule of this message: it has {listed}", EXIT_USAGE)
    first = reference(notification)
    return replace(
        subject,
        destination=first.destination,
        story_id=first.story_id,
        notification_id=first.notification_id,
        rules=tuple(rules or fired),
    )


def _add(
    kind: FeedbackKind,
    subject: Feedback,
    *,
    author: str | None,
    why: str | None,
    comment: str,
    json_: bool,
) -> None:
    try:
        feedback = build_feedback(
            kind,
            destination=subject.destination,
            story_id=subject.story_id,
            author=author or getpass.getuser(),
            at=subject.at,
            notification_id=subject.notification_id,
            rules=subject.rules,
            wrong_reason=why,
            comment=comment,
        )
    except InvalidFeedback as error:
        raise fail(str(error), EXIT_USAGE) from None
    asyncio.run(write_feedback(_cluster(), [feedback]))
    typer.echo(_as_json(feedback) if json_ else feedback.feedback_id)


async def _load() -> list[Feedback]:
    book = await load_feedback(_cluster())
    for key, because in book.unreadable.items():
        say(f"the feedback {key.decode('utf-8', 'replace')} cannot be read: {because}")
    return book.feedback


def _cluster() -> Cluster:
    return Cluster(settings.load(KafkaSettings))


def _find(feedback: Sequence[Feedback], beginning: str) -> Feedback:
    return find_by_id(
        feedback,
        beginning,
        noun="feedback id",
        list_command="summitwire feedback list",
        id_of=lambda entry: entry.feedback_id,
        why_over=lambda entry: "was withdrawn before" if entry.withdrawn_at else "",
    )


def _as_json(feedback: Feedback) -> str:
    return json_line(
        {
            "id": feedback.feedback_id,
            "kind": feedback.kind,
            "why": feedback.wrong_reason,
            "destination": feedback.destination,
            "story": feedback.story_id,
            "message": feedback.notification_id,
            "rules": feedback.rules,
            "author": feedback.author,
            "at": feedback.at.isoformat(),
            "comment": feedback.comment,
            "withdrawn_at": feedback.withdrawn_at and feedback.withdrawn_at.isoformat(),
        }
    )


def _as_line(feedback: Feedback) -> str:
    why = f" ({WRONG_REASONS[feedback.wrong_reason]})" if feedback.wrong_reason else ""
    subject = feedback.notification_id or f"story {feedback.story_id}"
    parts = [
        feedback.feedback_id,
        f"{feedback.at:%Y-%m-%d %H:%M UTC}",
        f"{'withdrawn: ' if feedback.withdrawn_at else ''}{feedback.kind}{why}",
        feedback.author,
        f"{subject} at {feedback.destination}",
        ", ".join(feedback.rules),
        feedback.comment,
    ]
    return "  ".join(filter(None, parts))
