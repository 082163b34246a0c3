"""Tell the folders of sources from what does not belong into DROP_FOLDER itself. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.fetcher.drop_box.intake import FileKind, is_unfinished
from services.fetcher.seeds.manifest import SOURCE

_NO_SOURCE: Final = re.compile(r"[^a-z0-9._-]+")
_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class RootNames:
    """The source ids whose folders are read, and each other name with how to get it read."""

    sources: tuple[str, ...]
    misplaced: Mapping[str, str]


def sort_names(names: Iterable[tuple[str, FileKind]]) -> RootNames:
    """Sort what is in DROP_FOLDER; hidden and unfinished files are in neither part."""
    sources, misplaced = list[str](), dict[str, str]()
    for name, kind in names:
        if kind is FileKind.FOLDER and SOURCE.fullmatch(name):
            sources.append(name)
        elif not is_unfinished(name):
            misplaced[name] = _explain(name, kind)
    return RootNames(tuple(sorted(sources)), misplaced)


def _explain(name: str, kind: FileKind) -> str:
    if kind is FileKind.FOLDER:
        return f"its name is no source id: rename it to {_suggest_source(name)}"
    if kind is FileKind.FILE:
        return "it is in no source's folder: move it to SOURCE/, the folder of its source"
    return f"it is {kind}: put a folder in its place"


def _suggest_source(name: str) -> str:
    """Return the nearest source id: lower case, with hyphens for what it may not contain."""
    nearest = _NO_SOURCE.sub("-", name.lower()).strip("-._")[:_LONGEST]
    return repr(nearest) if nearest else "a word of a-z, 0-9 and hyphens"
