"""The silences as a value: silences.v1, folded. Pure; the time is passed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.alerting.routes.matchers import (
    LabelMatcher,
    Labels,
    MatcherError,
    labels_of,
    match_all,
    parse_matcher,
)
from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.schemas import Alert, Silence


@dataclass(frozen=True, slots=True)
class ParsedSilence:
    """A silence with its matchers parsed."""

    silence: Silence
    matchers: tuple[LabelMatcher, ...]

    def is_active(self, now: datetime) -> bool:
        """Return whether it holds now."""
        return self.silence.starts_at <= now < self.silence.ends_at

    def covers(self, labels: Labels, story_id: str, destination: str) -> bool:
        """Return whether it is about an alert with these labels of a story at a destination."""
        is_of_story = self.silence.story_id in (None, story_id)
        if not is_of_story or self.silence.destination not in (None, destination):
            return False
        return match_all(self.matchers, labels)


class SilenceBook:
    """All silences by id. One that cannot be read silences nothing; ``unreadable`` says why."""

    def __init__(self, silences: Iterable[Silence] = ()) -> None:
        self.unreadable: dict[bytes, str] = {}
        self._parsed = {silence.silence_id.encode(): _parse(silence) for silence in silences}

    def apply(self, key: bytes, value: bytes | None) -> None:
        """Apply one record of the topic."""
        self._parsed.pop(key, None)
        self.unreadable.pop(key, None)
        if value is None:
            return
        try:
            self._parsed[key] = _parse(codec.decode(value, Silence))
        except (InvalidMessage, MatcherError) as error:
            self.unreadable[key] = str(error)

    @property
    def silences(self) -> list[ParsedSilence]:
        """All of them, the one that ends last first."""
        return sorted(
            self._parsed.values(),
            key=lambda parsed: (parsed.silence.ends_at, parsed.silence.silence_id),
            reverse=True,
        )

    def find(self, alert: Alert, story_id: str, destination: str, now: datetime) -> Silence | None:
        """Return a silence that holds for an alert of a story at a destination now, if any."""
        active = [each for each in self._parsed.values() if each.is_active(now)]
        labels = labels_of(alert) if active else {}
        covering = (each.silence for each in active if each.covers(labels, story_id, destination))
        return next(covering, None)


def _parse(silence: Silence) -> ParsedSilence:
    return ParsedSilence(silence, tuple(parse_matcher(text) for text in silence.matchers))
