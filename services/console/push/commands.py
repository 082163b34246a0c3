"""``summitwire push``: make a token, and check the file of tokens."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.options import JsonLines
from services.console.printing.plurals import count_of
from services.console.problem_lines import print_problems
from services.fetcher.push.tokens import (
    RANDOM_BYTES,
    format_entry,
    is_token_id,
    new_token,
    parse_tokens,
)
from services.fetcher.seeds.manifest import SOURCE
from services.fetcher.settings import FetcherSettings
from shared.base import settings
from shared.files import yaml_document

app = typer.Typer(
    help="Make and check the tokens with which publishers post articles.",
    no_args_is_help=True,
)

Sources = Annotated[
    list[str], typer.Argument(help="Sources that the token may post.", metavar="SOURCE…")
]


@app.command(epilog="Example: summitwire push token reuters --id reuters-2026")
def token(
    sources: Sources,
    id_: Annotated[
        str, typer.Option("--id", help="Its name in the file and in logs; random by default.")
    ] = "",
) -> None:
    """Make a token: print it on standard output, and its entry for PUSH_TOKENS_FILE on the other.

    The token is shown only now. The file holds its hash, so that nobody can read the token there.
    """
    for source in sources:
        if not SOURCE.fullmatch(source):
            hint = "write lower-case letters, digits, '.', '_', '-'; at most 64"
            raise fail(f"{source!r} is not a source id; {hint}", EXIT_USAGE)
    chosen_id = id_ or secrets.token_hex(4)
    if not is_token_id(chosen_id):
        hint = "write lower-case letters, digits, '.', '_', '-'; at most 32"
        raise fail(f"--id: {chosen_id[:40]!r} is not the name of a token; {hint}", EXIT_USAGE)
    text = new_token(secrets.token_bytes(RANDOM_BYTES))
    typer.echo(text)
    say("Give this token to the publisher; it is not shown again.")
    say("Add this line under `tokens:` in PUSH_TOKENS_FILE; a running fetcher takes it at once:")
    say(format_entry(text, chosen_id, sources))


@app.command(epilog="Example: summitwire push check push-tokens.yaml")
def check(
    file: Annotated[
        Path | None,
        typer.Argument(help="A file of push tokens.", show_default="PUSH_TOKENS_FILE"),
    ] = None,
    json_: JsonLines = False,
) -> None:
    """Report every mistake in the file of push tokens, and how to fix it; exit 1 if any."""
    path = file or Path(settings.load(FetcherSettings).push_tokens_file)
    if path == Path():
        raise fail("name a file, or set PUSH_TOKENS_FILE", EXIT_USAGE)
    document = yaml_document.load(path)
    tokens = parse_tokens(document)
    errors = print_problems(document.problems, json_=json_)
    good = "" if errors else f"{count_of(len(tokens), 'token')}, "
    say(f"{path}: {good}{count_of(errors, 'error')}")
    if errors:
        raise typer.Exit(EXIT_BAD)
