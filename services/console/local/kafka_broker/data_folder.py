"""What a broker's data folder holds → whether it can be used or must be formatted."""

from enum import Enum
from pathlib import Path
from typing import Final

from services.console.local.kafka_broker.configuration import LOG_DIR, NODE_ID
from shared.base.exits import ConfigurationError

META: Final = "meta.properties"
MIN_FREE_BYTES: Final = 256 * 1024 * 1024
"""With less free space a broker would die within minutes of normal use."""


class FolderState(Enum):
    """The state of a data folder; the value says what is wrong with it."""

    FRESH = "nothing in it yet"
    READY = "formatted"
    HALF_WRITTEN = "it holds data, but no meta.properties: its formatting was cut short"
    CORRUPTED = "its meta.properties is damaged"
    FOREIGN = "its meta.properties belongs to another node"


def classify_folder(names: frozenset[str], meta: str | None) -> FolderState:
    """Classify a log folder by its file names and the text of meta.properties (None: no file)."""
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
    """Return whether the folder must be formatted; ConfigurationError if that would lose data."""
    log = folder / LOG_DIR
    try:
        names = frozenset(path.name for path in log.iterdir()) if log.exists() else frozenset()
        meta = (log / META).read_text("utf-8", "replace") if META in names else None
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename}: cannot be read: {error.strerror}; "
            "change its permissions or choose another --folder"
        ) from error
    state = classify_folder(names, meta)
    if state in (FolderState.FRESH, FolderState.READY):
        return state is FolderState.FRESH
    raise ConfigurationError(
        f"{log} cannot be used: {state.value}; "
        f"delete {folder} (its topics are lost) or choose another --folder"
    )


def check_space(folder: Path, free_bytes: int) -> None:
    """Raise ConfigurationError if the disk has too little free space."""
    if free_bytes < MIN_FREE_BYTES:
        mib = 1024 * 1024
        raise ConfigurationError(
            f"{folder}: the disk has {free_bytes // mib} MB left and the broker needs "
            f"{MIN_FREE_BYTES // mib}: make room or choose another --folder"
        )
