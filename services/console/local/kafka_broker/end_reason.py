"""The broker's log → one line on why it ended and how to fix that."""

from typing import Final

CAUSES: Final = (
    ("No space left on device", "the disk is full: make room and start it again"),
    ("Address already in use", "its port was taken while it started: choose another --port"),
    (
        "Failed to acquire lock on file",
        "another broker uses the same folder: stop that one or choose another --folder",
    ),
    (
        "Inconsistent",
        (
            "its folder belongs to another cluster: "
            "delete the folder (its topics are lost) or choose another --folder"
        ),
    ),
    ("OutOfMemoryError", "it ran out of memory: give the machine more, or fewer partitions"),
    (
        "Could not reserve enough space",
        "the machine has too little memory left for it: 512 MB are needed",
    ),
    ("insufficient memory", "the machine has too little memory left for it: 512 MB are needed"),
    ("AccessDeniedException", "a file in its folder cannot be written: change its permissions"),
    ("Permission denied", "a file in its folder cannot be written: change its permissions"),
    (
        "Read-only file system",
        "its folder lies on a read-only file system: choose another --folder",
    ),
    (
        "NoClassDefFoundError",
        "its jars do not fit together: delete the folder of jars and start it again",
    ),
    (
        "NoSuchMethodError",
        "its jars do not fit together: delete the folder of jars and start it again",
    ),
    ("all log dirs in", "its folder could not be read or written any more: look at the disk"),
    (
        "CorruptRecordException",
        "its data is damaged: delete its folder (its topics are lost) or choose another --folder",
    ),
)
"""Words in the log, the most specific first, and what they mean."""


def why_it_ended(log: str) -> str | None:
    """Return why the broker ended; None if its log does not say (after a kill, for example)."""
    for words, meaning in CAUSES:
        if words in log:
            return meaning
    errors = [
        line
        for line in log.splitlines()
        if "ERROR" in line or "FATAL" in line or line.startswith("Error")
    ]
    return errors[-1][:200] if errors else None
