"""Who holds an office on a day. On a handover day the successor does."""

from datetime import date
from functools import lru_cache

from services.tagger.data.entries import Office, OfficeTerm
from services.tagger.data.gazetteer import Gazetteer
from shared.messages.schemas import MentionReason, OfficeHeld


def terms_on(office: Office, day: date) -> tuple[OfficeTerm, ...]:
    """The terms in force: one, none where nobody is known, or all of those who hold it side by side, by holder."""
    current = [
        term for term in office.terms if term.start <= day and (term.end is None or day <= term.end)
    ]
    if office.multiple_holders or not current:
        return tuple(sorted(current, key=lambda term: term.holder))
    latest = max(term.start for term in current)
    return tuple(
        sorted((term for term in current if term.start == latest), key=lambda term: term.holder)
    )


def holder_on(
    office: Office, day: date, *, acting: bool = False
) -> tuple[str | None, tuple[str, ...], MentionReason]:
    """The one holder, or None and the candidates; and why. ``acting`` asks for one who only acts."""
    terms = [term for term in terms_on(office, day) if term.acting or not acting]
    holders = tuple(sorted({term.holder for term in terms}))
    if not holders:
        return None, (), MentionReason.NO_HOLDER
    if office.multiple_holders or len(holders) > 1:
        return None, holders, MentionReason.SEVERAL_HOLDERS
    return (
        holders[0],
        (),
        MentionReason.HOLDER
        if all(term.verified for term in terms)
        else MentionReason.HOLDER_UNVERIFIED,
    )


@lru_cache(maxsize=4096)
def offices_on(actor: str, day: date, gazetteer: Gazetteer) -> tuple[OfficeHeld, ...]:
    """Every office the actor holds that day, by the office's id."""
    held = []
    for office_id in gazetteer.held.get(actor, ()):
        office = gazetteer.offices[office_id]
        for term in terms_on(office, day):
            if term.holder == actor:
                held.append(
                    OfficeHeld(
                        office=office.id,
                        title=office.names[0],
                        acting=term.acting,
                        verified=term.verified,
                    )
                )
                break
    return tuple(held)


@lru_cache(maxsize=4096)
def is_in_office(actor: str, day: date, gazetteer: Gazetteer) -> bool:
    """Whether the actor holds any office that day."""
    return any(
        term.holder == actor
        for id_ in gazetteer.held.get(actor, ())
        for term in terms_on(gazetteer.offices[id_], day)
    )


def clear_caches() -> None:
    """Let go of what was worked out, and with it of the gazetteers that it was worked out for."""
    offices_on.cache_clear()
    is_in_office.cache_clear()
