"""Read the fields of routes.yaml one by one, so that every mistake is reported at its place."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from services.alerting.routes.local_times import DAY_MINUTES, EVERY_DAY
from services.alerting.routes.matchers import LABELS, LabelMatcher, MatcherError, parse_matcher
from services.alerting.rules.fields import parse_seconds
from shared.files.yaml_document import VALUE, Steps, YamlDocument, did_you_mean
from shared.messages.schemas import Severity

T = TypeVar("T")

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_INTERVAL_S: Final = 30 * 86_400
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLOCK: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
KnownValues = Mapping[str, Collection[str]]
"""The values that labels may have, of those labels for which they are known."""
_DAY_RANGE: Final = re.compile(r"([a-z]{3})\s*(?:-\s*([a-z]{3}))?")


def is_mapping(document: YamlDocument, path: Steps, allowed: Collection[str]) -> bool:
    """Return whether there is a mapping at ``path``; report another value and unknown fields."""
    value = document.value_at(path)
    if not isinstance(value, dict):
        document.report(
            path,
            "a mapping is expected here",
            code="wrong-type",
            suggestion=f"write name: value, with {', '.join(allowed)}",
        )
        return False
    for name in value:
        if name not in allowed:
            document.report(
                (*path, name),
                f"unknown field {name[:40]!r}",
                code="unknown-field",
                suggestion=did_you_mean(name, list(allowed)) or "one of " + ", ".join(allowed),
            )
    return True


def items_of(document: YamlDocument, path: Steps) -> Iterator[Steps]:
    """Yield the path of each element of the list at ``path``; report what is no list."""
    value = document.value_at(path)
    if value is None:
        return
    if not isinstance(value, list):
        document.report(path, "a list is expected here", code="wrong-type")
        return
    for index in range(len(value)):
        yield (*path, index)


def read(document: YamlDocument, path: Steps, name: str, type_: type[T]) -> T | None:
    """Return the value of an optional field; None, and a problem, if it is of another type."""
    inner = (*path, name)
    return None if document.value_at(inner) is None else document.convert(inner, type_)


def read_name(document: YamlDocument, path: Steps, kind: str, used: Collection[str]) -> str | None:
    """Return the ``name`` of an entry, which must be new; None, and a problem, if it is not."""
    name = read(document, path, "name", str)
    if name is None:
        if document.value_at((*path, "name")) is None:
            document.report(path, f"the {kind} has no name", code="missing-field")
        return None
    if not _NAME.fullmatch(name) or len(name) > 80:
        document.report(
            (*path, "name", VALUE),
            f"{name[:40]!r} is not a name: use lower-case letters, digits and hyphens",
            code="bad-name",
        )
        return None
    if name in used:
        document.report(
            (*path, "name", VALUE), f"there are two {kind}s {name}", code="duplicate-name"
        )
        return None
    return name


def read_reference(
    document: YamlDocument, path: Steps, kind: str, names: Collection[str]
) -> str | None:
    """Return the name at ``path`` if it is one of ``names``; None, and a problem, if it is not."""
    name = document.convert(path, str)
    if name is not None and name not in names:
        hint = did_you_mean(name, sorted(names)) or (
            f"there are {', '.join(sorted(names))}" if names else f"define it under {kind}s"
        )
        document.report(
            path, f"there is no {kind} {name[:40]!r}", code="unknown-name", suggestion=hint
        )
        return None
    return name


def read_seconds(document: YamlDocument, path: Steps, name: str) -> int | None:
    """Return an optional duration in seconds."""
    inner = (*path, name)
    written = document.value_at(inner)
    if written is None:
        return None
    seconds = parse_seconds(document, (*inner, VALUE), written)
    if seconds > MAX_INTERVAL_S:
        document.report((*inner, VALUE), f"{name} is longer than 30 days", code="bad-duration")
    return seconds


def read_zone(document: YamlDocument, path: Steps) -> str:
    """Return the ``zone`` of an entry; without one, or with a bad one, it is UTC."""
    zone = read(document, path, "zone", str)
    if zone is None:
        if document.value_at((*path, "zone")) is None:
            document.report(
                path,
                "it has no zone: whose clock is meant?",
                code="missing-field",
                suggestion="for example zone: Asia/Singapore",
            )
        return "UTC"
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown, not a relative name, or a folder
        hint = did_you_mean(zone, sorted(available_timezones())) or "for example Europe/London"
        document.report(
            (*path, "zone", VALUE),
            f"{zone[:40]!r} is not a time zone",
            code="bad-zone",
            suggestion=hint,
        )
        return "UTC"
    return zone


def read_clock(document: YamlDocument, path: Steps, *, until: int = DAY_MINUTES - 1) -> int | None:
    """Return the minutes of the day at ``path``, at most ``until``.

    YAML reads 22:00 without quotes as 1320, which are the same minutes.
    """
    written: Any = document.value_at(path)
    clock = _CLOCK.fullmatch(written) if isinstance(written, str) else None
    minutes = int(clock[1]) * 60 + int(clock[2]) if clock else written
    if type(minutes) is int and 0 <= minutes <= until:
        return minutes
    document.report(
        (*path, VALUE),
        f"{str(written)[:40]!r} is not a time of day",
        code="bad-time",
        suggestion='write "22:00"',
    )
    return None


def read_days(document: YamlDocument, path: Steps) -> frozenset[int]:
    """Return the ``days`` of an entry, 0 is Monday; all seven without the field."""
    inner = (*path, "days")
    if document.value_at(inner) is None:
        return EVERY_DAY
    days: set[int] = set()
    for place in items_of(document, inner):
        written = document.value_at(place)
        parts = _DAY_RANGE.fullmatch(written.lower()) if isinstance(written, str) else None
        first, last = (parts[1], parts[2] or parts[1]) if parts else ("", "")
        if first in DAYS and last in DAYS:
            start = DAYS.index(first)
            days |= {(start + step) % 7 for step in range((DAYS.index(last) - start) % 7 + 1)}
        else:
            document.report(
                place,
                f"{str(written)[:40]!r} is not a day of the week",
                code="bad-day",
                suggestion="write mon, tue, wed, thu, fri, sat, sun, or mon-fri",
            )
    return frozenset(days)


def read_severity(document: YamlDocument, path: Steps, name: str) -> Severity:
    """Return an optional severity; without one, or with a bad one, it is high."""
    severity = read(document, path, name, str)
    if severity is None or severity in list(Severity):
        return Severity(severity or Severity.HIGH)
    names = "one of " + ", ".join(Severity)
    document.report(
        (*path, name, VALUE),
        f"{severity[:40]!r} is not a severity",
        code="bad-severity",
        suggestion=did_you_mean(severity.lower(), list(Severity)) or names,
    )
    return Severity.HIGH


def read_matchers(
    document: YamlDocument, path: Steps, known_values: KnownValues
) -> tuple[LabelMatcher, ...]:
    """Return the ``matchers`` of a route; one that no known value satisfies gives a warning."""
    matchers = []
    for place in items_of(document, (*path, "matchers")):
        written = document.convert(place, str)
        if written is None:
            continue
        try:
            matcher = parse_matcher(written)
            matchers.append(matcher)
            _check_value(document, place, matcher, known_values)
        except MatcherError as error:
            document.report(place, str(error), code="bad-matcher", suggestion=error.suggestion)
    return tuple(matchers)


def _check_value(
    document: YamlDocument, path: Steps, matcher: LabelMatcher, known_values: KnownValues
) -> None:
    """Warn of a value that no alert can have, for instance a misspelt rule."""
    if unknown := describe_unknown_value(matcher, known_values):
        message, hint = unknown
        document.report(path, message, code="unknown-value", suggestion=hint, level="warning")


def describe_unknown_value(
    matcher: LabelMatcher, known_values: KnownValues
) -> tuple[str, str] | None:
    """Return that none of the label's values satisfies the matcher, and what may be meant.

    None if one does, or if the label's values are not known.
    """
    values = known_values.get(matcher.label)
    if values is None or not matcher.value or matcher.label == "severity":
        return None
    positive = replace(matcher, operator="=~" if "~" in matcher.operator else "=")
    if any(positive.holds({matcher.label: (value,)}) for value in values):
        return None
    hint = did_you_mean(matcher.value, sorted(values))
    return f"no {matcher.label} is called {matcher.value[:40]!r}", hint


def read_labels(document: YamlDocument, path: Steps) -> dict[str, tuple[str, ...]]:
    """Return the labels of a test: each a text or a list of texts."""
    labels: dict[str, tuple[str, ...]] = {}
    if not is_mapping(document, path, LABELS):
        return labels
    for name in LABELS:
        value = document.value_at((*path, name))
        if isinstance(value, list):
            labels[name] = tuple(text for _, text in document.items((*path, name), str))
        elif value is not None:
            text = document.convert((*path, name), str)
            labels[name] = () if text is None else (text,)
    for severity in labels.get("severity", ()):
        if severity not in list(Severity):
            document.report(
                (*path, "severity", VALUE),
                f"{severity[:40]!r} is not a severity",
                code="bad-severity",
                suggestion="one of " + ", ".join(Severity),
            )
    return labels
