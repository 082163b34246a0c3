"""Which id was meant by one that nobody knows."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from shared.files.yaml_document import did_you_mean

_MOST: Final = 3


def suggest_ids(id_: str, known: Collection[str], by_name: Mapping[str, str]) -> list[str]:
    """The ids that may have been meant, the likeliest first: what has that name, what holds every part of the id, what is spelt like it.

    ``by_name``: the ids of what can also be called by a name or a shorter code (countries).
    """
    if by_name and (found := by_name.get(id_) or _by_code(id_, known)):
        return [found]
    parts = set(id_.split("-"))
    longer = sorted(
        (one for one in known if parts <= set(one.split("-"))), key=lambda one: (len(one), one)
    )
    near = did_you_mean(id_, sorted(known)).removeprefix("did you mean ").removesuffix("?")
    return longer[:_MOST] or ([near] if near else [])


def as_id(name: str) -> str:
    """A name as ids are written: ``North Korea`` is north-korea."""
    return "-".join(name.lower().split())


def _by_code(code: str, known: Collection[str]) -> str | None:
    """The alpha-3 code of an alpha-2 one: nearly all begin alike and keep its letters in order."""
    if len(code) != 2:
        return None
    order = re.compile(f"{re.escape(code[0])}.*{re.escape(code[1])}")
    return next(
        iter(
            sorted(
                (one for one in known if order.match(one)),
                key=lambda one: (not one.startswith(code), one),
            )
        ),
        None,
    )
