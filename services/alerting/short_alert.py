"""Shorten alerts that are listed among others, so that a record stays within its topic's size."""

from dataclasses import replace
from typing import Final

from shared.messages.schemas import ActorOnDate, Alert

HEADLINE_CHARACTERS: Final = 200
ADDRESS_CHARACTERS: Final = 300
SOURCE_CHARACTERS: Final = 80
LABEL_VALUES: Final = 8
"""Actors, by their ids alone, and countries that stay: a silence by actor closes bursts, too."""
_CONTROL: Final = dict.fromkeys([*range(0x20), 0x7F], " ")


def shorten_alert(alert: Alert) -> Alert:
    """Return the alert as it is listed among others, with every text bounded.

    Its signature stays if the threshold counts stories.
    """
    needs_signature = alert.threshold is not None and alert.threshold.distinct == "story"
    return replace(
        alert,
        uri=clip(alert.uri, ADDRESS_CHARACTERS),
        url=alert.url if len(alert.url or "") <= ADDRESS_CHARACTERS else None,
        source=clip(alert.source, SOURCE_CHARACTERS),
        headline=clip(alert.headline, HEADLINE_CHARACTERS),
        destinations=(),
        signature=alert.signature if needs_signature else (),
        matches=(),
        excerpts=(),
        actors=tuple(
            ActorOnDate(actor=actor.actor, name="") for actor in alert.actors[:LABEL_VALUES]
        ),
        countries=alert.countries[:LABEL_VALUES],
    )


def clip(text: str, characters: int) -> str:
    """Return the text without control characters, cut to a length; "…" shows that it was cut."""
    clean = text.translate(_CONTROL)
    return clean if len(clean) <= characters else clean[: characters - 1] + "…"
