"""Matchers of routes and silences, in Alertmanager's form: ``severity=critical``. Pure.

A label has any number of values: an article names several actors and countries. ``=`` and ``=~``
hold if one of them does, ``!=`` and ``!~`` if none does; a label without a value is the empty
text. ``>=`` and ``<=`` compare severities. Patterns know ``.``, ``.*``, ``.+`` and ``|`` only:
they take time in proportion to the text, whoever writes them.
"""

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.alerting.urgency import urgency
from shared.files.yaml_document import did_you_mean
from shared.messages.schemas import Alert, Severity

LABELS: Final = (
    *("severity", "rule", "owner", "actor", "country", "source", "language"),
    "reliability",
)
MAX_MATCHER: Final = 1_000
_MATCHER: Final = re.compile(r"\s*([A-Za-z_]*)\s*(=~|!~|>=|<=|!=|==?)\s*(.*?)\s*", re.DOTALL)
_TOKEN: Final = re.compile(r"(\.\*|\.\+|\.)|\\(.)|(\|)|([\[\](){}^$+?*\\])|([^.\\|])", re.DOTALL)
_SEVERAL: Final = ("actor", "country")
"""Labels of which an alert may have several values."""
_LOWER_CASE: Final = ("severity", "rule", "actor", "country", "language", "reliability")

Labels = Mapping[str, tuple[str, ...]]
"""The values of each label of an alert."""


class MatcherError(ValueError):
    """A matcher is not valid; ``suggestion`` says how to write it, if that is known."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class LabelMatcher:
    """One condition on a label."""

    label: str
    operator: str
    value: str

    def __str__(self) -> str:
        return f'{self.label}{self.operator}"{self.value}"'

    def holds(self, labels: Labels) -> bool:
        """Return whether it holds for these labels."""
        values = labels.get(self.label, ()) or ("",)
        if self.operator in (">=", "<="):
            return any(self._compare(value) for value in values)
        if self.operator in ("=~", "!~"):
            pattern = _compile(self.value)
            is_match = any(pattern.match(value) is not None for value in values)
        else:
            is_match = self.value in values
        return is_match is not self.operator.startswith("!")

    def _compare(self, value: str) -> bool:
        if not value:
            return False
        difference = urgency(Severity(value)) - urgency(Severity(self.value))
        return difference >= 0 if self.operator == ">=" else difference <= 0


def match_all(matchers: Iterable[LabelMatcher], labels: Labels) -> bool:
    """Return whether all matchers hold; none at all hold for everything."""
    return all(matcher.holds(labels) for matcher in matchers)


def find_contradiction(
    matcher: LabelMatcher, beside: Iterable[LabelMatcher]
) -> LabelMatcher | None:
    """Return a matcher that never holds together with the first; None if none is sure.

    A label of which an article names several, an actor or country, may have two values at once.
    Two patterns are not compared.
    """
    return next((second for second in beside if _exclude(matcher, second)), None)


def _exclude(first: LabelMatcher, second: LabelMatcher) -> bool:
    if first.label != second.label:
        return False
    if first.label == "severity":
        both = (first, second)
        return not any(match_all(both, {"severity": (str(value),)}) for value in Severity)
    pairs = ((first, second), (second, first))
    return any(_excludes_value(exact, tried) for exact, tried in pairs if exact.operator == "=")


def _excludes_value(exact: LabelMatcher, second: LabelMatcher) -> bool:
    """Return whether ``second`` does not hold where the label has the exact value."""
    is_held = second.holds({exact.label: (exact.value,) if exact.value else ()})
    is_alone = exact.label not in _SEVERAL or not exact.value or not second.value
    return not is_held and (is_alone or second.operator.startswith("!"))


def labels_of(alert: Alert) -> Labels:
    """Return the labels of an alert."""
    return {
        "severity": (str(alert.severity),),
        "rule": (alert.rule_id,),
        "owner": (alert.owner,) if alert.owner else (),
        "actor": tuple(actor.actor for actor in alert.actors),
        "country": alert.countries,
        "source": (alert.source,),
        "language": (alert.language,),
        "reliability": (alert.reliability,) if alert.reliability else (),
    }


def parse_matcher(text: str) -> LabelMatcher:
    """Parse ``label=value``, with or without quotes around the value. MatcherError if it is bad."""
    example = "write for example severity=critical or rule=~summit-.*"
    if len(text) > MAX_MATCHER:
        raise MatcherError(f"a matcher is longer than {MAX_MATCHER} characters")
    parts = _MATCHER.fullmatch(text)
    if parts is None or not parts[1]:
        raise MatcherError(f"{text[:60]!r} is not a matcher", example)
    label, operator, value = parts[1].lower(), parts[2].replace("==", "="), _unquote(parts[3])
    if label not in LABELS:
        hint = did_you_mean(label, list(LABELS)) or "one of " + ", ".join(LABELS)
        raise MatcherError(f"alerts have no label {label[:40]!r}", hint)
    if label in _LOWER_CASE:
        value = value.lower()
    if operator in ("=~", "!~"):
        _compile(value)
    elif operator in (">=", "<=") and label != "severity":
        raise MatcherError(f"{label} has no order: {operator} is for severity", "use = or =~")
    elif label == "severity" and value not in list(Severity):
        names = "one of " + ", ".join(Severity)
        hint = did_you_mean(value, list(Severity)) or names
        raise MatcherError(f"{value[:40]!r} is not a severity", hint)
    return LabelMatcher(label, operator, value)


def _unquote(value: str) -> str:
    if value[:1] in ('"', "'"):
        if len(value) < 2 or value[-1] != value[0]:
            raise MatcherError(f"the quote in {value[:40]!r} is not closed")
        return value[1:-1]
    return value


@lru_cache(maxsize=1_000)
def _compile(pattern: str) -> re.Pattern[str]:
    """Compile a pattern. ``fnmatch`` gives an expression that does not backtrack."""
    alternatives: list[list[str]] = [[]]
    for dots, escaped, bar, sign, literal in _TOKEN.findall(pattern):
        if bar:
            alternatives.append([])
        elif sign:
            raise MatcherError(
                f"{sign!r} is not possible in the pattern {pattern[:40]!r}",
                f"use ., .*, .+ and |, and write \\{sign} for the character itself",
            )
        else:
            glob = {".": "?", ".*": "*", ".+": "?*"}.get(dots) or _escape(escaped or literal)
            alternatives[-1].append(glob)
    globs = ("".join(parts) for parts in alternatives)
    return re.compile("|".join(fnmatch.translate(glob) for glob in globs))


def _escape(character: str) -> str:
    return f"[{character}]" if character in "*?[" else character
