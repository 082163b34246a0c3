"""The ``summitwire`` command: puts the sub-commands together."""

import importlib
import os
import sys
from collections.abc import Iterable
from typing import Final, NoReturn

import typer

from services.console.errors import COMMAND, exit_code
from shared.base import log

COMMANDS: Final = {
    "up": "local.up",
    "run": "run",
    "reload": "reload",
    "broker": "local.broker",
    "topics": "topics.commands",
    "replay": "topics.replay",
    "try": "dry_run.commands",
    "rules": "rules.commands",
    "actors": "actors.commands",
    "feeds": "feeds.commands",
    "dlq": "topics.dlq",
    "tail": "topics.tail",
    "doctor": "doctor",
    "slack-sink": "fake_slack.server",
}
"""Each sub-command and its module in this package, in the order of the help. A module holds a group, ``app``, or a function of the command's name."""


def build_app(commands: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command with these sub-commands; only their files are imported."""
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=bool(os.environ.get("SUMMITWIRE_DEBUG")),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_help)
    for name in commands:
        module = importlib.import_module(f"services.console.{COMMANDS[name]}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name.replace("-", "_")))
    return app


def _help() -> None:
    """Wire news in, explained keyword and actor alerts out."""


def main() -> NoReturn:
    """Run the command; expected errors are a line and an exit code, never a stack trace."""
    # A service configures its own log; the other commands would leave the Kafka client's lines to Python's last resort.
    log.configure(COMMAND, level="warning", broker=os.environ.get("KAFKA_BOOTSTRAP", ""))
    named = [argument for argument in sys.argv[1:2] if argument in COMMANDS]
    try:
        # Of a service's process, of which there are five, only what it needs is imported.
        code = build_app(named or COMMANDS)(prog_name=COMMAND, standalone_mode=False)
        sys.stdout.flush()  # here, so that a reader that is gone is noticed while it can be told apart from a bug
    except SystemExit:
        raise
    except BaseException as error:
        if os.environ.get("SUMMITWIRE_DEBUG"):
            raise
        sys.exit(exit_code(error))
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
