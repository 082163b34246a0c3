"""Find what an operator names by the beginning of its id."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from services.console.errors import EXIT_USAGE, fail
from shared.files.yaml_document import did_you_mean

T = TypeVar("T")


def find_by_id(
    items: Sequence[T],
    beginning: str,
    *,
    noun: str,
    list_command: str,
    id_of: Callable[[T], str],
    why_over: Callable[[T], str] = lambda _item: "",
) -> T:
    """Return the only item that is not over and whose id begins so, or end with a usage error.

    ``noun`` is the item's name in the singular, with an s in the plural. ``why_over`` returns why
    an item cannot be chosen, such as ``has ended``, or "".
    """
    hint = f"`{list_command}` shows them"
    if not beginning.strip():
        raise fail(f"an id is empty; {hint}", EXIT_USAGE)
    matching = [each for each in items if id_of(each).startswith(beginning)]
    active = [each for each in matching if not why_over(each)]
    if len(active) == 1:
        return active[0]
    if active:
        raise fail(f"{len(active)} {noun}s begin with {beginning}; write more of it", EXIT_USAGE)
    if matching:
        raise fail(f"the {noun} {beginning} {why_over(matching[0])}", EXIT_USAGE)
    suggestion = did_you_mean(beginning, [id_of(each) for each in items]) or hint
    raise fail(f"there is no {noun} {beginning}; {suggestion}", EXIT_USAGE)
