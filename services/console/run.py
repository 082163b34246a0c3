"""``summitwire run SERVICE``: one service in the foreground, what a container runs."""

import importlib
from typing import Annotated

import typer

from shared.base.ports import NAMES


def run(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")],
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Of alerting, run only this stage: match, notify or deliver. May be repeated."
        ),
    ] = None,
) -> None:
    """Run one service in the foreground until SIGTERM or Ctrl-C.

    Example: summitwire run cleaner
    """
    if service not in NAMES:
        raise typer.BadParameter(
            f"there is no service {service!r}; there are {', '.join(NAMES)}", param_hint="SERVICE"
        )
    if only and service != "alerting":
        raise typer.BadParameter("only alerting has stages to choose from", param_hint="--only")
    main = importlib.import_module(f"services.{service}.__main__").main
    if not only:
        main()
    stages = importlib.import_module(f"services.{service}.app").STAGE_NAMES
    if unknown := sorted(set(only or ()) - set(stages)):
        raise typer.BadParameter(
            f"there is no stage {unknown[0]!r}; there are {', '.join(stages)}", param_hint="--only"
        )
    main(only=tuple(only or ()))
