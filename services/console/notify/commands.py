"""``summitwire notify render``: show a message as a channel would send it, and send nothing."""

import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
import typer

from services.alerting.deliver.channels.apprise.apprise_channel import AppriseChannel
from services.alerting.deliver.channels.apprise.service_urls import ServiceUrls
from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.console import render_text
from services.alerting.deliver.channels.email.mail_message import Envelope, render_email
from services.alerting.deliver.channels.slack import check_limits
from services.alerting.deliver.channels.slack_message import render
from services.alerting.deliver.channels.templates.load import load_template
from services.alerting.deliver.channels.templates.macros import (
    BUILT_IN,
    PARTS,
    MessageTemplate,
)
from services.alerting.deliver.channels.templates.samples import SAMPLES
from services.alerting.deliver.channels.webhook import build_payload
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.fake_slack.readable import readable
from services.console.inputs.article_inputs import (
    Place,
    UnusableInput,
    file_name,
    iter_lines,
    load_bytes,
    parse_json,
)
from services.console.printing.json_lines import json_line
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode, parse
from shared.messages.schemas import Notification, NotificationKind

app = typer.Typer(help="Show what messages look like; send nothing.", no_args_is_help=True)

BOARD_URL: Final = "https://board.example"
_ENVELOPE: Final = Envelope("alerts@example.org", ("desk@example.org",))


ChannelName = Literal["slack", "email", "console", "webhook", "file", "apprise"]


@app.command(name="render", epilog="Example: summitwire notify render --kind correction")
def render_(
    kind: Annotated[
        NotificationKind | None,
        typer.Option("--kind", help="A sample of this kind; all by default.", show_default=False),
    ] = None,
    channel: Annotated[
        ChannelName, typer.Option("--channel", help="As this channel shows it.")
    ] = "slack",
    template: Annotated[
        Path | None,
        typer.Option("--template", help="A template to try, like seeds/templates/slack.j2."),
    ] = None,
    input_: Annotated[
        Path | None,
        typer.Option(
            "--input",
            help="Notifications as JSON, or lines of `summitwire tail notifications.v1 --json`, "
            "instead of samples; - is stdin.",
        ),
    ] = None,
    payload: Annotated[
        bool, typer.Option("--payload", help="Exactly what is sent instead of what people read.")
    ] = False,
) -> None:
    """Show a message of every kind as a channel would send it.

    A template is checked on all samples first. Nothing is sent.
    """
    chosen = _load(template, channel)
    posts = _posts(kind, input_)
    for number, (title, post) in enumerate(posts.items()):
        if len(posts) > 1 and not payload:
            sys.stdout.write(f"{chr(10) * bool(number)}── {title}\n")
        sys.stdout.write(_render(post, channel, chosen, is_payload=payload).rstrip("\n") + "\n")


def _load(template: Path | None, channel: ChannelName) -> MessageTemplate:
    if template is None:
        return BUILT_IN
    if channel not in PARTS:
        raise fail(f"{channel} has no templates; {' and '.join(PARTS)} have", EXIT_USAGE)
    loaded = load_template(template, channel)
    if not loaded.macros:
        names = ", ".join(PARTS[channel])
        say(f"{template}: warning: it has no macro of {names}, and changes nothing")
    return loaded


def _posts(kind: NotificationKind | None, path: Path | None) -> dict[str, Post]:
    if path is None:
        return {each: SAMPLES[each] for each in ([kind] if kind else SAMPLES)}
    try:
        data = load_bytes(path)
    except UnusableInput as error:
        raise fail(str(error), EXIT_USAGE) from None
    return {str(place): Post(notification=each) for place, each in _notifications(path, data)}


def _notifications(path: Path, data: bytes) -> Iterator[tuple[Place, Notification]]:
    """Yield the notifications of a JSON document, or of JSON lines, and where each is.

    A record as `summitwire tail --json` prints it has the notification as its ``value``.
    """
    lines = [*iter_lines(data)]
    is_one = len(lines) < 2 or not lines[0][1].rstrip().endswith(b"}")
    for number, text in [(0, data)] if is_one else lines:
        place = Place(file_name(path), number)
        try:
            value = parse_json(text, place)
            record = value.get("value") if isinstance(value, dict) else None
            if record:
                yield place, msgspec.convert(record, Notification, strict=False)
            else:
                yield place, decode(text, Notification)
        except UnusableInput as error:
            raise fail(str(error), EXIT_BAD) from None
        except (InvalidMessage, msgspec.ValidationError) as error:
            raise fail(f"{place}: not a notification: {error}", EXIT_BAD) from None


def _render(
    post: Post, channel: ChannelName, template: MessageTemplate, *, is_payload: bool
) -> str:
    if channel in ("webhook", "file"):  # a line of the file is what a webhook receives
        return json_line(build_payload(post))
    if channel == "apprise":
        return _as_titled_text(AppriseChannel(ServiceUrls()).render(post), is_payload=is_payload)
    if channel == "console":
        return render_text(post, BOARD_URL)
    if channel == "email":
        return _as_text(render_email(post, _ENVELOPE, BOARD_URL, template), is_payload=is_payload)
    message = render(post, BOARD_URL, template)
    check_limits(message)
    return json_line(message) if is_payload else readable(message)


def _as_titled_text(message: bytes, *, is_payload: bool) -> str:
    """Return title and body as JSON, or as people read them."""
    if is_payload:
        return message.decode()
    content = parse(message)
    return f"{content['title']}\n\n{content['body']}"


def _as_text(message: bytes, *, is_payload: bool) -> str:
    """Return the whole e-mail, or what people read of it: subject and text."""
    if is_payload:
        return message.decode().replace("\r\n", "\n")
    parsed = message_from_bytes(message, policy=default)
    body = parsed.get_body(("plain",))
    return f"Subject: {parsed['Subject']}\n\n{body.get_content() if body else ''}"
