"""Groups of sub-commands, each of which is imported only when it runs.

Importing all of them takes two seconds of CPU, most of it for libraries that few commands need.
Until one runs, its group knows only where it is defined and its line of help.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

AFTER_IMPORT: Final[list[Callable[[], None]]] = []
"""Functions to call after the import of a sub-command, before it runs."""


@dataclass(frozen=True, slots=True)
class CommandSource:
    """Where a sub-command is defined, and its line in the help of its group.

    ``target``: ``module:attribute``, the module below services.console; the attribute is a
    function, or a typer.Typer for a group. ``summary``: the first paragraph of its own help.
    """

    target: str
    summary: str

    def load(self, name: str) -> Any:
        """Import the sub-command, and return the command object that typer makes of it."""
        module, _, attribute = self.target.partition(":")
        target = getattr(importlib.import_module(f"services.console.{module}"), attribute)
        if isinstance(target, typer.Typer):
            command: Any = get_group(target)
        else:
            app = typer.Typer(add_completion=False)
            app.command(name)(target)
            command = get_command(app)
        command.name = name
        return command


class LazyGroup(TyperGroup):
    """The group that ``make_group`` returns, as a click command."""

    sources: ClassVar[Mapping[str, CommandSource]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, source in self.sources.items():
            # A stand-in: enough for the group's help, for completion and for suggestions.
            self.commands[name] = TyperCommand(name, short_help=source.summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the sub-command that the first argument names, then resolve it as usual."""
        if args and args[0] in self.sources:
            self.commands[args[0]] = self.sources[args[0]].load(args[0])
            for hook in AFTER_IMPORT:
                hook()
        return super().resolve_command(ctx, args)


def make_group(summary: str, sources: Mapping[str, CommandSource], **settings: Any) -> typer.Typer:
    """Return a group with these sub-commands, in the order of its help."""
    cls = type("Group", (LazyGroup,), {"sources": sources})
    app = typer.Typer(cls=cls, help=summary, no_args_is_help=True, **settings)
    app.callback()(_no_options)
    return app


def _no_options() -> None:
    """Let typer make a group of an app that registers no sub-command itself."""
