"""Suggest the id that was meant by an unknown one."""

import re
from collections.abc import Collection
from typing import Final

from services.alerting.language.names import EntryNames
from services.alerting.language.tree import TagKind
from shared.files.yaml_document import did_you_mean

MAX_SUGGESTIONS: Final = 3


def suggest_ids(kind: TagKind, id_: str, ids: Collection[str], names: EntryNames) -> list[str]:
    """Return the ids that may have been meant, the most likely first.

    First the entries that go by that name, then ids and names that contain every part of it, then
    the id that is spelt most like it.
    """
    name = id_.replace("-", " ")
    if by_name := [named for named in names.find(kind, name) if named in ids]:
        return by_name[:MAX_SUGGESTIONS]
    if kind == "country" and (code := _by_code(id_, ids)):
        return [code]
    parts = set(id_.split("-"))
    longer = sorted(
        (candidate for candidate in ids if parts <= set(candidate.split("-"))),
        key=lambda candidate: (len(candidate), candidate),
    )
    longer = longer or [named for named in names.find_containing(kind, name) if named in ids]
    near = did_you_mean(id_, sorted(ids)).removeprefix("did you mean ").removesuffix("?")
    return longer[:MAX_SUGGESTIONS] or ([near] if near else [])


def as_id(name: str) -> str:
    """Return a name as ids are written: ``North Korea`` becomes north-korea."""
    return "-".join(name.lower().split())


def _by_code(code: str, ids: Collection[str]) -> str | None:
    """Return the alpha-3 country code of an alpha-2 one.

    Nearly all begin alike and keep the letters in order.
    """
    if len(code) != 2:
        return None
    order = re.compile(f"{re.escape(code[0])}.*{re.escape(code[1])}")
    return next(
        iter(
            sorted(
                (candidate for candidate in ids if order.match(candidate)),
                key=lambda candidate: (not candidate.startswith(code), candidate),
            )
        ),
        None,
    )
