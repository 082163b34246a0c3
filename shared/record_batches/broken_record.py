"""A record as a consumer returns it: healthy, or what is left of a broken one. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Headers = tuple[tuple[str, bytes | None], ...]


class Flaw(StrEnum):
    """Why a record cannot be read."""

    HEADER_NAME = "HeaderName"
    FRAMING = "Framing"
    CHECKSUM = "Checksum"
    CODEC = "Codec"
    COMPRESSION = "Compression"
    TOO_LARGE = "TooLarge"
    FORMAT = "Format"


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """A healthy record.

    ``timestamp`` is in Unix milliseconds; ``timestamp_type`` is 1 if the broker set it.
    """

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """What is left of a broken record, or of a batch from ``first_offset`` to ``offset``.

    It has the fields of a consumer's record, so that code for those can handle it.

    ``holds`` says what ``value`` is: the record's own value or, if that is lost, the bytes of the
    ``record`` or the ``batch``. ``raw_headers`` are the bytes of its headers.
    """

    first_offset: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    flaw: Flaw
    detail: str
    holds: Literal["value", "record", "batch"] = "batch"
    raw_headers: bytes = b""
    topic: str = ""
    partition: int = -1

    @property
    def is_complete(self) -> bool:
        """Whether key and value can be trusted: only names of headers had to be escaped."""
        return self.flaw is Flaw.HEADER_NAME


Entry = ParsedRecord | BrokenRecord


class UnreadableBytes(Exception):  # noqa: N818 - a state of the bytes
    """The bytes do not follow the format."""

    def __init__(self, flaw: Flaw, detail: str) -> None:
        super().__init__(detail)
        self.flaw, self.detail = flaw, detail
