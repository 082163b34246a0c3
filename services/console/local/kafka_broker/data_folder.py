"""What a broker's data folder holds in → what to do with it out."""

from enum import Enum
from pathlib import Path
from typing import Final

from services.console.local.kafka_broker.configuration import LOG_DIR, NODE_ID
from shared.base.settings import ConfigurationError

META: Final = "meta.properties"
MIN_FREE_BYTES: Final = 256 * 1024 * 1024
"""Less than this left and a broker would die within minutes of normal use."""


class FolderState(Enum):
    """What a data folder is; the value says what is wrong with it."""

    FRESH = "nothing in it yet"
    READY = "formatted"
    HALF_WRITTEN = "it holds data, but no meta.properties: its formatting was cut short"
    CORRUPTED = "its meta.properties is damaged"
    FOREIGN = "its meta.properties belongs to another node"


def classify_folder(names: frozenset[str], meta: str | None) -> FolderState:
    """The verdict on a log folder that holds files of these ``names`` and this text of meta.properties (None: no such file)."""
    if not names:
        return FolderState.FRESH
    if meta is None:
        return FolderState.HALF_WRITTEN
    entries = dict(
        line.split("=", 1) for line in meta.splitlines() if "=" in line and not line.startswith("#")
    )
    if not {"version", "node.id", "cluster.id"} <= entries.keys():
        return FolderState.CORRUPTED
    return FolderState.READY if entries["node.id"].strip() == str(NODE_ID) else FolderState.FOREIGN


def needs_format(folder: Path) -> bool:
    """Whether the folder has to be formatted first; ConfigurationError where it can be neither used nor formatted."""
    log = folder / LOG_DIR
    try:
        names = frozenset(path.name for path in log.iterdir()) if log.exists() else frozenset()
        meta = (log / META).read_text("utf-8", "replace") if META in names else None
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename}: cannot be read: {error.strerror}; mend its rights or choose another --folder"
        ) from error
    verdict = classify_folder(names, meta)
    if verdict in (FolderState.FRESH, FolderState.READY):
        return verdict is FolderState.FRESH
    raise ConfigurationError(
        f"{log} cannot be used: {verdict.value}; delete {folder} (its topics are lost) or choose another --folder"
    )


def check_space(folder: Path, free_bytes: int) -> None:
    """ConfigurationError where too little is left on the disk."""
    if free_bytes < MIN_FREE_BYTES:
        mib = 1024 * 1024
        raise ConfigurationError(
            f"{folder}: the disk has {free_bytes // mib} MB left and the broker needs {MIN_FREE_BYTES // mib}: make room or choose another --folder"
        )
