"""The page of a channel as HTML: its messages with threads, edits and reactions. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.console.fake_slack.page.blocks import render_content
from services.console.fake_slack.page.emoji import EMOJI, OFFERED
from services.console.fake_slack.page.tags import Markup, element
from services.console.fake_slack.people import PEOPLE, READER
from services.console.fake_slack.workspace import SlackMessage, SlackWorkspace, channel_id

SHOWN: Final = 200
"""Messages of a channel on its page, each with its whole thread."""
_BOT_NAME: Final = "summitwire"


@dataclass(frozen=True, slots=True)
class ChannelView:
    """What the page of a channel shows, for one of the people."""

    workspace: SlackWorkspace
    channel: str
    user: str = READER


def render_page(view: ChannelView) -> str:
    """Return the page. ``view.channel`` is empty as long as there is no message."""
    title = f"#{view.channel} · Slack stand-in" if view.channel else "Slack stand-in"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="icon", href="/static/icon.svg"),
        element("link", rel="stylesheet", href="/static/slack.css"),
        element("script", src="/static/slack.js", defer=True),
    )
    skip = element("a", "Skip to the messages", href="#messages", class_="skip")
    body = element("body", skip, _top(view), _channels(view), _main(view))
    return f"<!doctype html>{element('html', head, body, lang='en')}"


def path_of(channel: str) -> str:
    """Return the path of a channel's page."""
    return f"/archives/{channel_id(channel)}"


def anchor_of(message: SlackMessage) -> str:
    """Return the part of the page that shows a message, as Slack's links name it."""
    return f"p{message.post.ts.replace('.', '')}"


def _top(view: ChannelView) -> Markup:
    options = [
        element("option", name, value=user, selected=user == view.user)
        for user, name in PEOPLE.items()
        if name != _BOT_NAME
    ]
    label = element("label", "You are ", element("select", *options, name="user", id="user"))
    use = element("button", "Change", type="submit")
    return element(
        "header",
        element("p", "Slack stand-in", class_="product"),
        element("p", "up to date", class_="connection", role="status", id="connection"),
        element("form", label, use, method="get", id="person"),
        class_="top",
    )


def _channels(view: ChannelView) -> Markup:
    items = [element("li", _channel_link(view, name)) for name in sorted(view.workspace.channels)]
    everything = element("a", "JSON lines of all posts", href="/posts")
    heading = element("h2", "Channels", id="channels")
    return element(
        "nav", heading, element("ul", *items), element("p", everything), aria_labelledby="channels"
    )


def _channel_link(view: ChannelView, name: str) -> Markup:
    count = element("span", str(len(view.workspace.channels[name])), class_="count")
    is_current = name == view.channel
    current = {"aria_current": "page"} if is_current else {}
    return element("a", f"# {name} ", count, href=f"{path_of(name)}?user={view.user}", **current)


def _main(view: ChannelView) -> Markup:
    parents = view.workspace.parents(view.channel)
    threads = view.workspace.replies(view.channel)
    older = len(parents) - SHOWN
    note = f"{older} older messages are among the JSON lines." if older > 0 else ""
    if not parents:
        note = "No message yet: post to a webhook of this stand-in, or with its bot's token."
    shown = parents[-SHOWN:]
    articles = [_message(view, each, threads.get(each.post.ts, ())) for each in shown]
    kept = {each.post.ts for each in parents}
    articles += [_orphans(view, threads[ts]) for ts in threads if ts not in kept]
    is_archived = view.channel in view.workspace.archived
    title = f"# {view.channel}" if view.channel else "Messages"
    return element(
        "main",
        element("h1", title, *([" (archived)"] if is_archived else [])),
        element("p", note, class_="note", hidden=not note),
        element("div", *articles, id="messages", role="log", aria_label="Messages"),
        data_revision=str(view.workspace.revision),
    )


_BROADCAST: Final = element("p", "Also sent to the channel", class_="note")


def _message(view: ChannelView, message: SlackMessage, replies: Sequence[SlackMessage]) -> Markup:
    return element(
        "article",
        _byline(message),
        render_content(message.post.payload),
        _edit_mark(message),
        *([_BROADCAST] if message.post.is_broadcast else []),
        _reactions(view, message),
        *_thread(view, replies),
        id=anchor_of(message),
        aria_label=f"{_author(message)}, {_time(message):%H:%M:%S}",
    )


def _thread(view: ChannelView, replies: Sequence[SlackMessage]) -> Iterator[Markup]:
    if not replies:
        return
    count = f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}"
    shown = [_message(view, reply, ()) for reply in replies]
    yield element("details", element("summary", count), *shown, class_="thread", open=True)


def _orphans(view: ChannelView, replies: Sequence[SlackMessage]) -> Markup:
    """Render replies whose parent was dropped because it was too old."""
    heading = element("p", "An older message", class_="note")
    return element("div", heading, *_thread(view, replies), class_="orphans")


def _byline(message: SlackMessage) -> Markup:
    time = _time(message)
    stamp = element("time", f"{time:%H:%M:%S}", datetime=time.isoformat(), title=f"{time:%d %b %Y}")
    link = element("a", stamp, href=f"#{anchor_of(message)}")
    by = element(
        "span", f"webhook {message.post.hook}" if message.post.hook else "bot", class_="app"
    )
    return element("p", element("b", _author(message)), " ", by, " ", link, class_="byline")


def _author(message: SlackMessage) -> str:
    return "Incoming webhook" if message.post.hook else _BOT_NAME


def _time(message: SlackMessage) -> datetime:
    return datetime.fromtimestamp(message.post.at_s, UTC)


def _edit_mark(message: SlackMessage) -> Markup:
    if message.edited_ts is None:
        return Markup("")
    time = datetime.fromtimestamp(float(message.edited_ts), UTC)
    return element("p", f"(edited {time:%H:%M:%S})", class_="edited")


def _reactions(view: ChannelView, message: SlackMessage) -> Markup:
    names = [*message.reactions, *(name for name in OFFERED if name not in message.reactions)]
    fields = {"channel": channel_id(message.post.channel), "ts": message.post.ts, "user": view.user}
    hidden = [
        element("input", type="hidden", name=name, value=value) for name, value in fields.items()
    ]
    buttons = [_reaction(view, message, name) for name in names]
    group = element("div", *buttons, role="group", aria_label="Reactions")
    return element("form", *hidden, group, method="post", action="/reactions", class_="reactions")


def _reaction(view: ChannelView, message: SlackMessage, name: str) -> Markup:
    users = message.reactions.get(name, [])
    people = ", ".join(PEOPLE.get(user, user) for user in users)
    meaning = OFFERED.get(name, name.replace("_", " "))
    count = element("span", str(len(users)), class_="count") if users else Markup("")
    return element(
        "button",
        element("span", EMOJI.get(name, f":{name}:"), aria_hidden="true"),
        f" {OFFERED[name]}" if name in OFFERED else "",
        count,
        type="submit",
        name="name",
        value=name,
        title=f"{meaning} (:{name}:)" + (f": {people}" if people else ""),
        aria_label=f"{meaning}: {people or 'nobody'}",
        aria_pressed="true" if view.user in users else "false",
        class_="used" if users else "offered",
    )


def newest_channel(workspace: SlackWorkspace) -> str:
    """Return the channel of the newest message, empty without any."""
    return next((each.post.channel for each in workspace.newest_first()), "")
