"""``summitwire try``: the core without a broker. (``try`` itself cannot be a module's name.)"""

import typer

from services.console.dry_run.clean import try_clean
from services.console.dry_run.dups import try_dups
from services.console.dry_run.match import try_match
from services.console.dry_run.tag import try_tag

app = typer.Typer(
    help="The core without a broker: the same functions, settings and output as the services.",
    no_args_is_help=True,
)
app.command("clean")(try_clean)
app.command("tag")(try_tag)
app.command("match")(try_match)
app.command("dups")(try_dups)
