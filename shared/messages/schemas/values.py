"""The values that messages of several topics share."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

UtcTime = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone; decoding a message refuses a time without one."""
FieldName = Literal["headline", "deck", "body"]
PubStatus = Literal["usable", "withheld", "canceled"]
Origin = Literal["feed", "seed", "push"]
Signal = Literal["kill", "correction", "refile", "repeat", "update"]
TimePrecision = Literal["moment", "zoneless", "day"]
"""What a time says: a moment, a clock's time without a zone (as if it were UTC), or only a day (its
midnight in UTC)."""


class Severity(StrEnum):
    """How urgent a rule's alerts are, least urgent first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class TimeSource(StrEnum):
    """Where an article's event time comes from, the most trusted first."""

    PAGE = "page"
    FEED = "feed"
    MANIFEST = "manifest"
    FETCHED = "fetched"


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A span of text: code points ``start`` (inclusive) to ``end`` (exclusive)."""

    start: int
    end: int


class LanguageSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A span of text in a language (ISO 639, lower case), with a confidence from 0 to 1."""

    start: int
    end: int
    language: str
    confidence: float
