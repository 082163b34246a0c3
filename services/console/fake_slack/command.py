"""``summitwire slack-sink``: run the stand-in for Slack's incoming webhooks."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from services.console.fake_slack.faults import load_faults
from services.console.fake_slack.messages import MessageFile
from services.console.fake_slack.readable import readable
from services.console.fake_slack.server import AcceptedPost, FakeSlack
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
    typer.Option(help="YAML or JSON: a list of faults, e.g. '- {at: 3, do: status, status: 503}'."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object an accepted message.")]
Keep = Annotated[
    Path | None,
    typer.Option(help="Keep the messages in this file over a restart: JSON lines, at most 16 MB."),
]


def slack_sink(
    port: Port = 8_090,
    host: Host = "127.0.0.1",
    allow_host: AllowedHosts = None,
    script: Script = None,
    json_: Json = False,
    keep: Keep = None,
) -> None:
    """Stand in for Slack's incoming webhooks and print the messages; Ctrl-C ends it.

    It has Slack's rate limit, size limits and answers.

    Example: summitwire slack-sink --port 8090 --script faults.yaml
    """
    faults = load_faults(script) if script else []
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
    )
    asyncio.run(_serve(server))


async def _serve(server: FakeSlack) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        typer.echo(f"webhooks: {server.url('NAME')}", err=True)
        typer.echo(f"page:     http://{server.host}:{server.port}/", err=True)
        await stop.wait()


def _print_text(post: AcceptedPost) -> None:
    typer.echo(f"--- {post.time} {post.hook}\n{readable(post.payload)}\n")


def _print_json(post: AcceptedPost) -> None:
    typer.echo(post.to_line(), nl=False)
