"""The ``summitwire`` command: its sub-commands, and how it ends."""

import os
import sys
from typing import Final, NoReturn

import typer

from services.console.errors import COMMAND, exit_code
from services.console.lazy import AFTER_IMPORT, CommandSource, make_group
from services.console.printing.streams import escape_what_cannot_be_printed

COMMANDS: Final = {
    "up": CommandSource(
        "local.up:up",
        "Start the whole system on this machine and print each alert; Ctrl-C stops all of it.",
    ),
    "run": CommandSource("run:run", "Run one service in the foreground until SIGTERM or Ctrl-C."),
    "reload": CommandSource(
        "reload:reload",
        "Make running services reload their rules, routes, actors, keywords and feeds.",
    ),
    "broker": CommandSource(
        "local.broker:app", "Run a real Kafka on this machine, without Docker or a system Java."
    ),
    "topics": CommandSource("topics.commands:app", "Create, check and list the topics."),
    "replay": CommandSource(
        "replay.command:replay",
        "Put articles on articles.raw, as if they came in now, marked with a replay id.",
    ),
    "try": CommandSource(
        "dry_run.commands:app",
        "Run the core without a broker: the same functions, settings and output as the services.",
    ),
    "rules": CommandSource(
        "rules.commands:app", "Check, test, format, compare, backtest and explain alert rules."
    ),
    "routes": CommandSource(
        "routes.commands:app",
        "Check and test the file of routes, and show which way an alert takes.",
    ),
    "silence": CommandSource(
        "silences.commands:app",
        "Tell nobody of some alerts for a while; list such silences, and end them.",
    ),
    "feedback": CommandSource(
        "feedback.commands:app",
        "Say that messages are acknowledged or wrong, and see what was said.",
    ),
    "actors": CommandSource(
        "actors.commands:app", "Check, query and list the people and offices that the tagger knows."
    ),
    "feeds": CommandSource(
        "feeds.commands:app",
        "Show, check, try and find feeds, import and export lists, and have one polled at once.",
    ),
    "push": CommandSource(
        "push.commands:app", "Make and check the tokens with which publishers post articles."
    ),
    "dlq": CommandSource(
        "topics.dlq:app",
        "List, show and redrive dead letters: records that could not be processed.",
    ),
    "deliveries": CommandSource(
        "deliveries.commands:app",
        "Show what waits for a destination or is parked, and post it after all.",
    ),
    "notify": CommandSource("notify.commands:app", "Show what messages look like; send nothing."),
    "tail": CommandSource(
        "topics.tail:tail", "Print the messages of a topic as they come, until Ctrl-C."
    ),
    "doctor": CommandSource(
        "doctor:doctor",
        "Check settings, broker, topics, rules, actors and destinations; exit 1 if one is wrong.",
    ),
    "slack-sink": CommandSource(
        "fake_slack.command:slack_sink",
        "Stand in for Slack, show the messages on a page and print them; Ctrl-C ends it.",
    ),
}
"""In the order of the help."""


def build_app() -> typer.Typer:
    """Return the command; a sub-command is imported when it runs."""
    return make_group(
        "Wire news in, explained keyword and actor alerts out.",
        COMMANDS,
        pretty_exceptions_enable=bool(os.environ.get("SUMMITWIRE_DEBUG")),
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def main() -> NoReturn:
    """Run the command; an expected error is one line and an exit code, never a stack trace."""
    escape_what_cannot_be_printed()
    AFTER_IMPORT[:] = [_configure_log]
    try:
        code = build_app()(prog_name=COMMAND, standalone_mode=False)
        # Here, so that a reader that has gone away is not taken for a bug at exit.
        sys.stdout.flush()
    except SystemExit:
        raise
    except BaseException as error:
        if os.environ.get("SUMMITWIRE_DEBUG"):
            raise
        sys.exit(exit_code(error))
    sys.exit(code if isinstance(code, int) else 0)


def _configure_log() -> None:
    """Configure the log for a sub-command that may write to it.

    Else the lines of the Kafka client would go to Python's handler of last resort. Importing the
    log takes 0.2 s of CPU, which the other sub-commands can do without. A service configures its
    own log later.
    """
    if {"aiokafka", "structlog"} & sys.modules.keys():
        from shared.base import log  # noqa: PLC0415 - see above

        log.configure(COMMAND, level="warning", broker=os.environ.get("KAFKA_BOOTSTRAP", ""))


if __name__ == "__main__":
    main()
