"""``summitwire slack-sink``: run the stand-in for Slack."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.console.fake_slack.faults import load_faults
from services.console.fake_slack.messages import MessageFile
from services.console.fake_slack.readable import readable
from services.console.fake_slack.server import DEFAULT_TOKEN, AcceptedPost, FakeSlack
from services.console.fake_slack.workspace import CHANNEL_NAME, SlackWorkspace
from shared.base.port_check import check_port
from shared.http.host_names import HostNames

Port = Annotated[
    int,
    typer.Option(help="Where to listen on this machine; 0 takes a free port.", min=0, max=65_535),
]
Host = Annotated[
    str,
    typer.Option(help="The address to listen on; 0.0.0.0 lets other machines and containers post."),
]
AllowedHosts = Annotated[
    list[str] | None,
    typer.Option(
        help="A host name by which it answers, besides localhost and --host; may be repeated.",
        envvar="SLACK_SINK_HOSTS",
    ),
]
Script = Annotated[
    Path | None,
    typer.Option(
        help="YAML or JSON: a list of faults, e.g. '- {at: 3, do: status, status: 503}'; "
        "docs/slack-stand-in.md lists them."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object an accepted message.")]
Keep = Annotated[
    Path | None,
    typer.Option(help="Keep the messages in this file over a restart: JSON lines, at most 16 MB."),
]
Channels = Annotated[
    list[str] | None,
    typer.Option("--channel", help="A channel that exists; may be repeated. Without: any does."),
]
Archived = Annotated[
    list[str] | None,
    typer.Option(help="An archived channel, which takes no message; may be repeated."),
]
NotJoined = Annotated[
    list[str] | None,
    typer.Option(help="A channel without the bot: not_in_channel; may be repeated."),
]
Token = Annotated[
    str,
    typer.Option(help="The bot's token for the Web API.", envvar="SLACK_SINK_TOKEN"),
]


def slack_sink(
    port: Port = 8_090,
    host: Host = "127.0.0.1",
    allow_host: AllowedHosts = None,
    script: Script = None,
    json_: Json = False,
    keep: Keep = None,
    channel: Channels = None,
    archived: Archived = None,
    not_joined: NotJoined = None,
    token: Token = DEFAULT_TOKEN,
) -> None:
    """Stand in for Slack, show the messages on a page and print them; Ctrl-C ends it.

    It has Slack's incoming webhooks and Web API, with Slack's rate limits, size limits and answers.

    Example: summitwire slack-sink --port 8090 --script faults.yaml
    """
    faults = load_faults(script) if script else []
    check_port(host, port, "--port", "choose another one, or another --host")
    try:
        HostNames.from_settings(",".join(allow_host or ()))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--allow-host") from None
    server = FakeSlack(
        host=host,
        port=port,
        allowed_hosts=allow_host or (),
        faults=faults,
        on_accept=_print_json if json_ else _print_text,
        message_file=MessageFile(keep) if keep else None,
        workspace=_build_workspace(channel or (), archived or (), not_joined or ()),
        token=token,
    )
    asyncio.run(_serve(server))


def _build_workspace(
    channels: Sequence[str], archived: Sequence[str], not_joined: Sequence[str]
) -> SlackWorkspace:
    """Build a workspace with these channels; BadParameter if a name is none."""
    for name in (*channels, *archived, *not_joined):
        if not CHANNEL_NAME.fullmatch(name):
            reason = f"{name!r} cannot be the name of a channel: lower case, without # and blanks"
            raise typer.BadParameter(reason, param_hint="--channel")
    names = {*channels, *archived, *not_joined} if channels else None
    return SlackWorkspace(names=names, archived=set(archived), not_joined=set(not_joined))


async def _serve(server: FakeSlack) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        typer.echo(f"webhooks: {server.url('NAME')}", err=True)
        typer.echo(f"Web API:  {server.base_url}api/", err=True)
        typer.echo(f"page:     {server.base_url}", err=True)
        await stop.wait()


def _print_text(post: AcceptedPost) -> None:
    typer.echo(f"--- {post.time} {post.channel}\n{readable(post.payload)}\n")


def _print_json(post: AcceptedPost) -> None:
    typer.echo(post.to_line(), nl=False)
