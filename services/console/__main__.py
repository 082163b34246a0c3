"""The ``summitwire`` command: puts the sub-commands together. Each one lives in the file of its name."""

import os
import sys
from typing import NoReturn

import typer

from services.console import broker, dlq, doctor, replay, rules, run, slack_sink, tail, topics, try_clean, try_match, try_tag, up
from services.console.errors import exit_code

app = typer.Typer(
    help="Wire news in, explained keyword and actor alerts out.",
    no_args_is_help=True,
    pretty_exceptions_enable=bool(os.environ.get("SUMMITWIRE_DEBUG")),
    context_settings={"help_option_names": ["-h", "--help"]},
)
attempt = typer.Typer(help="The core without a broker: the same functions, settings and output as the services.", no_args_is_help=True)

app.command("up")(up.up)
app.command("run")(run.run)
app.add_typer(broker.app, name="broker")
app.add_typer(topics.app, name="topics")
app.command("replay")(replay.replay)
attempt.command("clean")(try_clean.try_clean)
attempt.command("tag")(try_tag.try_tag)
attempt.command("match")(try_match.try_match)
app.add_typer(attempt, name="try")
app.add_typer(rules.app, name="rules")
app.add_typer(dlq.app, name="dlq")
app.command("tail")(tail.tail)
app.command("doctor")(doctor.doctor)
app.command("slack-sink")(slack_sink.slack_sink)


def main() -> NoReturn:
    """Run the command; expected errors are a line and an exit code, never a stack trace."""
    try:
        app()
    except SystemExit:
        raise
    except BaseException as error:
        if os.environ.get("SUMMITWIRE_DEBUG"):
            raise
        sys.exit(exit_code(error))
    sys.exit(0)


if __name__ == "__main__":
    main()
