"""Find the mentions of events in an article, with who did it, to whom, and their status."""

from collections.abc import Sequence
from typing import NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.events.participants import Participants
from services.tagger.events.roles import RoleReader, Roles
from services.tagger.events.triggers import Trigger, find_triggers, longest_triggers
from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.status.event_kind import EventKind, StatusVerdict, TriggerSpan
from services.tagger.status.status_reader import StatusReader
from shared.messages.schemas import CountryMention, EventMention, Mention


class _FieldTrigger(NamedTuple):
    scan: FieldScan
    trigger: Trigger
    roles: Roles


def find_event_mentions(
    scans: Sequence[FieldScan],
    mentions: Sequence[Sequence[Mention]],
    countries: Sequence[Sequence[CountryMention]],
    gazetteer: Gazetteer,
    language: str,
    reader: StatusReader,
) -> tuple[EventMention, ...]:
    """Return the mentions, field after field, ordered by the position of the trigger."""
    participants = [
        Participants(scan, people, places, gazetteer)
        for scan, people, places in zip(scans, mentions, countries, strict=True)
    ]
    by_field = [
        find_triggers(scan, of_field, gazetteer.vocabulary, language)
        for scan, of_field in zip(scans, participants, strict=True)
    ]
    plain_types = {
        trigger.event.id for of_field in by_field for trigger in of_field if not trigger.is_short
    }
    triggers: list[_FieldTrigger] = []
    for scan, named, of_field in zip(scans, participants, by_field, strict=True):
        roles = RoleReader(scan, named)
        triggers += [
            _FieldTrigger(scan, trigger, roles.roles(trigger))
            for trigger in longest_triggers(of_field, plain_types)
        ]
    verdicts = reader.statuses([_trigger_span(*item[:2]) for item in triggers])
    return tuple(_mention(item, verdict) for item, verdict in zip(triggers, verdicts, strict=True))


def _trigger_span(scan: FieldScan, trigger: Trigger) -> TriggerSpan:
    event = trigger.event
    kind = EventKind(event.id, trigger.is_noun, event.scheduled, event.denial_like)
    return TriggerSpan(scan.field, trigger.start, trigger.end, kind)


def _mention(item: _FieldTrigger, verdict: StatusVerdict) -> EventMention:
    scan, trigger, (agent, target) = item
    return EventMention(
        field=scan.field,
        start=trigger.start,
        end=trigger.end,
        surface=scan.text.plain[trigger.start : trigger.end],
        event=trigger.event.id,
        status=verdict.status,
        reason=verdict.reason,
        who=agent.id if agent else None,
        to=target.id if target else None,
        who_country=agent.country if agent else None,
        to_country=target.country if target else None,
        reciprocal=trigger.event.reciprocal,
    )
