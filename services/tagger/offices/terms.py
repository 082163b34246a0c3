"""Who holds an office on a day. On a handover day the successor does.

Facts expire: outside the period for which an office is known, nobody is asserted as its holder. The
terms listed there still help to tell whose surname it is (President Trump), because it is then the
article that says who holds the office.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

from services.tagger.data.entries import Office, OfficeTerm
from services.tagger.data.gazetteer import Gazetteer
from shared.messages.schemas import MentionReason, OfficeHeld

_SHOWN_DAYS: Final = 3


def is_known_on(office: Office, day: date) -> bool:
    """Return whether the data say who held the office on a day, even if nobody did."""
    known = office.known
    return known is None or (
        (known.start is None or known.start <= day) and (known.end is None or day <= known.end)
    )


def last_known_day_before(office: Office, day: date) -> date | None:
    """Return the last day for which the holder is known if it is before ``day``, else None."""
    end = office.known.end if office.known else None
    return end if end and end < day else None


def describe_limit(office: Office, day: date) -> str:
    """Return in words why the holder on a day is not known; empty where it is.

    Example: not known after 2020-01-20 (Factbook edition of that day).
    """
    known = office.known
    if known is None or is_known_on(office, day):
        return ""
    if end := last_known_day_before(office, day):
        return f"not known after {end}" + (f" ({known.basis})" if known.basis else "")
    return f"not known before {known.start}"


def describe_expired_offices(offices: Iterable[Office], day: date) -> str:
    """Return in words how many offices are not known on a day, and after which days; or nothing.

    The three commonest days are named, and the latest.

    Example: who holds 2 of 5 offices is not known on 2026-11-30: 2 not known after 2019-12-31.
    """
    offices = list(offices)
    last_days = Counter(end for office in offices if (end := last_known_day_before(office, day)))
    if not last_days:
        return ""
    shown = sorted(last_days.most_common(_SHOWN_DAYS))
    text = "; ".join(f"{count} not known after {end}" for end, count in shown)
    omitted = last_days.total() - sum(count for _end, count in shown)
    if omitted:
        text += f"; {omitted} after other days, the latest {max(last_days)}"
    return f"who holds {last_days.total()} of {len(offices)} offices is not known on {day}: {text}"


def terms_on(office: Office, day: date) -> tuple[OfficeTerm, ...]:
    """Return the terms in force on a day, ordered by holder.

    There is one, none where no holder is known, or several where people share the office.
    """
    return listed_terms_on(office, day) if is_known_on(office, day) else ()


def listed_terms_on(office: Office, day: date) -> tuple[OfficeTerm, ...]:
    """Return the terms of a day as they are listed, whether or not the office is known then."""
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
    """Return whether the actor holds any office that day, by the terms as they are listed.

    This tells people of one surname apart; it is not asserted of anybody.
    """
    return any(
        term.holder == actor
        for office_id in gazetteer.offices_by_holder.get(actor, ())
        for term in listed_terms_on(gazetteer.offices[office_id], day)
    )


def clear_caches() -> None:
    """Drop cached results, and with them the references to the gazetteers they belong to."""
    offices_on.cache_clear()
    is_in_office.cache_clear()
