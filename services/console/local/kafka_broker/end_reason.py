"""The broker's log in → one line on why it ended and how to mend it out."""

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
        "its folder belongs to another cluster: delete the folder (its topics are lost) or choose another --folder",
    ),
    ("OutOfMemoryError", "it ran out of memory: give the machine more, or fewer partitions"),
    (
        "Could not reserve enough space",
        "the machine has too little memory left for it: 512 MB are needed",
    ),
    ("insufficient memory", "the machine has too little memory left for it: 512 MB are needed"),
    ("AccessDeniedException", "a file in its folder cannot be written: mend its rights"),
    ("Permission denied", "a file in its folder cannot be written: mend its rights"),
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
"""What to look for in the log, the most telling first, and what to say about it."""


def why_it_ended(log: str) -> str | None:
    """What the broker's last words mean; None where it said nothing of interest (it was killed, say)."""
    for words, meaning in CAUSES:
        if words in log:
            return meaning
    errors = [
        line
        for line in log.splitlines()
        if "ERROR" in line or "FATAL" in line or line.startswith("Error")
    ]
    return errors[-1][:200] if errors else None
