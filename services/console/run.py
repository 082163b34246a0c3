"""``summitwire run``: one service in the foreground, as in a container."""

import importlib
from typing import Annotated

import typer

from shared.base.ports import NAMES

Service = Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")]
Stages = Annotated[
    list[str] | None,
    typer.Option(
        help="Of alerting, run only this stage: match, count or deliver. May be repeated."
    ),
]


def run(service: Service, only: Stages = None) -> None:
    """Run one service in the foreground until SIGTERM or Ctrl-C.

    Example: summitwire run cleaner
    """
    if service not in NAMES:
        message = f"there is no service {service!r}; there are {', '.join(NAMES)}"
        raise typer.BadParameter(message, param_hint="SERVICE")
    if only and service != "alerting":
        message = "only alerting has stages to choose from"
        raise typer.BadParameter(message, param_hint="--only")
    main = importlib.import_module(f"services.{service}.__main__").main
    if not only:
        main()
    stages = importlib.import_module(f"services.{service}.app").STAGE_NAMES
    if unknown := sorted(set(only or ()) - set(stages)):
        message = f"there is no stage {unknown[0]!r}; there are {', '.join(stages)}"
        raise typer.BadParameter(message, param_hint="--only")
    main(only=tuple(only or ()))
