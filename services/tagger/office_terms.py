"""Who holds an office on a day. On a handover day the successor does."""

from datetime import date
from functools import lru_cache

from services.tagger.data.entries import Office, OfficeTerm
from services.tagger.data.gazetteer import Gazetteer
from shared.messages.schemas import MentionReason, OfficeHeld


def terms_on(office: Office, day: date) -> tuple[OfficeTerm, ...]:
    """Return the terms in force on a day, ordered by holder.

    There is one, none where no holder is known, or several where people share the office.
    """
    current = [
        term for term in office.terms if term.start <= day and (term.end is None or day <= term.end)
    ]
    if not office.multiple_holders and current:
        latest = max(term.start for term in current)
        current = [term for term in current if term.start == latest]
    return tuple(sorted(current, key=lambda term: term.holder))


def holder_on(
    office: Office, day: date, *, acting: bool = False
) -> tuple[str | None, tuple[str, ...], MentionReason]:
    """Return the single holder, or None and the candidates; and the reason.

    With ``acting``, only acting holders count.
    """
    terms = [term for term in terms_on(office, day) if term.acting or not acting]
    holders = tuple(sorted({term.holder for term in terms}))
    if not holders:
        return None, (), MentionReason.NO_HOLDER
    if office.multiple_holders or len(holders) > 1:
        return None, holders, MentionReason.SEVERAL_HOLDERS
    is_verified = all(term.verified for term in terms)
    reason = MentionReason.HOLDER if is_verified else MentionReason.HOLDER_UNVERIFIED
    return holders[0], (), reason


@lru_cache(maxsize=4096)
def offices_on(actor: str, day: date, gazetteer: Gazetteer) -> tuple[OfficeHeld, ...]:
    """Return every office the actor holds that day, the principal one first.

    Files list the offices of a country from the highest down.
    """
    offices = []
    for office_id in gazetteer.offices_by_holder.get(actor, ()):
        office = gazetteer.offices[office_id]
        for term in terms_on(office, day):
            if term.holder == actor:
                offices.append(
                    OfficeHeld(
                        office=office.id,
                        title=office.names[0],
                        acting=term.acting,
                        verified=term.verified,
                    )
                )
                break
    return tuple(offices)


@lru_cache(maxsize=4096)
def is_in_office(actor: str, day: date, gazetteer: Gazetteer) -> bool:
    """Return whether the actor holds any office that day."""
    return any(
        term.holder == actor
        for office_id in gazetteer.offices_by_holder.get(actor, ())
        for term in terms_on(gazetteer.offices[office_id], day)
    )


def clear_caches() -> None:
    """Drop cached results, and with them the references to the gazetteers they belong to."""
    offices_on.cache_clear()
    is_in_office.cache_clear()
