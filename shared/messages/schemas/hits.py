"""Count's state of a rule."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAlert:
    """An alert that counts towards a rule's threshold.

    ``at_ms`` is its event time (Unix ms), ``value`` what must differ between alerts. ``told``: a
    notification has included it.
    """

    alert_id: str
    article_id: str
    rule_revision: str
    at_ms: int
    value: str
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifiedWindow:
    """A window of event time that a notification has covered, from ``start_ms`` (Unix ms).

    ``end_ms`` is 0 in windows from before the field existed; they are as long as the rule says.
    """

    rule_revision: str
    start_ms: int
    end_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHits:
    """What notify remembers of a rule with a threshold, in order of arrival.

    ``hits`` are its last counted alerts and ``windows`` those that were notified. ``forgotten_ms``
    (Unix ms of event time) is the end of the latest window that is no longer kept: an alert up to
    that time may have been notified. The alerts that were not notified yet are in the same topic,
    shortened, with keys ``<rule id>/<alert id>``.
    """

    rule_id: str
    hits: tuple[CountedAlert, ...] = ()
    windows: tuple[NotifiedWindow, ...] = ()
    forgotten_ms: int | None = None
