"""What a template may decide of a message: a macro for each part. Pure.

A template file has Jinja macros with the names of these parts; a part without a macro looks as the
channel makes it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

PARTS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {"slack": ("title", "facts", "rule", "footer"), "email": ("subject", "footer")}
)
"""The macros of each channel's file. ``rule`` gets a rule's line, each other one the message."""


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A channel's macros by name; an empty one leaves everything to the channel."""

    macros: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)

    def render(self, part: str, value: object) -> str | None:
        """Return what the template makes of a part; None if it leaves it to the channel."""
        macro = self.macros.get(part)
        return None if macro is None else macro(value).strip()


BUILT_IN: Final = MessageTemplate()
"""Of a channel without a template."""
