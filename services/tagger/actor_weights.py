"""Which actors an article is about: those that it names early and often."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from shared.messages.schemas import FieldName, Mention

_FIELD_WEIGHTS: Final[dict[FieldName, int]] = {"headline": 5, "deck": 3, "body": 1}
_LEAD_WEIGHT: Final = 3
_LEAD: Final = 600
"""Code points at the start of the body that say what the article is about: about 100 words."""


def actors_by_weight(mentions: Sequence[Mention]) -> list[str]:
    """Return the id of each resolved actor once, the one of the greatest weight first.

    ``mentions`` are in text order. A mention in the headline counts five times as much as one
    further down, one in the deck or lead three times. Of equal weight, the one named first is
    first.
    """
    weights: defaultdict[str, int] = defaultdict(int)
    for mention in mentions:
        if mention.actor:
            is_in_lead = mention.field == "body" and mention.start < _LEAD
            weights[mention.actor] += _LEAD_WEIGHT if is_in_lead else _FIELD_WEIGHTS[mention.field]
    return sorted(weights, key=lambda actor: -weights[actor])
