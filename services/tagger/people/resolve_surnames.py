"""Whose a surname is. In reading order, the headline first, the first of these that says so:

1. A title before it (President Moon, Foreign Minister Ri): the one whom the article names in full and who holds or held such an office,
   else the one who holds it on the article's date. An exact title that fits nobody of the surname makes it somebody unknown.
2. In a headline, a country's leader of that surname, if the country or another leader stands there, too (leaders.py); but where the article
   names somebody else of that surname and not the leader, either may be meant.
3. One person of that surname, whom Mr or Ms fits, is named in the whole article: that person, also before the full name (a headline).
4. Several, and an office follows (Kim, the North Korean leader): the one whom it fits.
5. One of several has been named so far: that person; or several, and one alone in this paragraph, in an earlier sentence.
6. Nobody is named: the leader, if the country or another leader stands in the same sentence, and then in the rest of the article; or, where
   the surname may stand alone, who bears it and holds an office on the article's date.

Whatever stays open names nobody, and lists who may be meant.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.office_terms import is_in_office
from services.tagger.people.honorifics import (
    IN_OFFICE,
    NOTHING_AGAINST,
    ONCE_IN_OFFICE,
    UNTITLED,
    Title,
    TitleContext,
    best_fitting,
    title_after,
)
from services.tagger.people.leaders import LeaderContext, infer_leader
from services.tagger.scan.automaton import CandidateSpan
from services.tagger.scan.candidate_spans import FieldScan
from shared.messages.schemas import MentionReason

_PARAGRAPH: Final = re.compile("\n(?=\n)")


class ResolvedMention(NamedTuple):
    """Where an actor is named beyond doubt: place in reading order, and by which surname from then on."""

    field: int
    start: int
    end: int
    actor: str
    surname: str = ""


ByActor = Mapping[str, Sequence[ResolvedMention]]


class SurnameCandidate(NamedTuple):
    """A surname at its place, with the title before it."""

    field: int
    found: CandidateSpan
    title: Title


class Resolution(NamedTuple):
    """One actor, or several candidates; and why."""

    actors: tuple[str, ...]
    reason: MentionReason


def resolve_surnames(
    places: Sequence[SurnameCandidate],
    named: Sequence[ResolvedMention],
    arounds: Sequence[TitleContext],
    day: date,
    gazetteer: Gazetteer,
    strangers: frozenset[str],
) -> list[Resolution | None]:
    """For each surname who is meant, None for somebody unknown. Those with a title come first, because they name people for the others;
    so do leaders whom nobody has named. ``strangers``: surnames that are, somewhere in the article, a part of an unknown name.
    """
    bearers = _bearers(named, gazetteer)
    titled = [_by_title(place, bearers, arounds, day, gazetteer) for place in places]
    named = sorted([*named, *_newly_named(places, titled)])
    found = _untitled(places, titled, named, arounds, day, gazetteer)
    led = _led(
        places,
        sorted({*named, *_newly_named(places, found)}),
        _bearers(named, gazetteer),
        arounds,
        day,
        gazetteer,
        strangers,
    )
    if not any(led):
        return found
    named = sorted({*named, *_newly_named(places, led)})
    return _untitled(
        places,
        [leader or who for leader, who in zip(led, found, strict=True)],
        named,
        arounds,
        day,
        gazetteer,
    )


def _untitled(
    places: Sequence[SurnameCandidate],
    known: Sequence[Resolution | None],
    named: Sequence[ResolvedMention],
    arounds: Sequence[TitleContext],
    day: date,
    gazetteer: Gazetteer,
) -> list[Resolution | None]:
    """What is known, and the rest by what stands elsewhere in the article."""
    bearers, by_actor = _bearers(named, gazetteer), _by_actor(named)
    return [
        who
        or (
            None
            if _is_a_strangers(place.title)
            else _without_title(place, bearers, by_actor, arounds[place.field], day, gazetteer)
        )
        for place, who in zip(places, known, strict=True)
    ]


def _by_actor(named: Sequence[ResolvedMention]) -> ByActor:
    """Where each is named, in reading order."""
    places: defaultdict[str, list[ResolvedMention]] = defaultdict(list)
    for one in named:
        places[one.actor].append(one)
    return places


def _newly_named(
    places: Sequence[SurnameCandidate], found: Sequence[Resolution | None]
) -> Iterable[ResolvedMention]:
    for place, who in zip(places, found, strict=True):
        if who and len(who.actors) == 1:
            yield ResolvedMention(place.field, place.found.start, place.found.end, who.actors[0])


def _led(
    places: Sequence[SurnameCandidate],
    named: Sequence[ResolvedMention],
    bearers: Mapping[str, tuple[str, ...]],
    arounds: Sequence[TitleContext],
    day: date,
    gazetteer: Gazetteer,
    strangers: frozenset[str],
) -> list[Resolution | None]:
    """For each surname the leader whom a headline means, or a text that names nobody else of that surname. ``named``: all who are known by now."""
    asked = [
        place.found.names[0].owner in gazetteer.leaders
        and place.found.names[0].owner not in strangers
        for place in places
    ]
    if not any(asked):
        return [None] * len(places)
    besides = [
        LeaderContext.of(
            around.scan, ((one, one.actor) for one in named if one.field == field), gazetteer
        )
        for field, around in enumerate(arounds)
    ]
    return [
        _by_leadership(
            place,
            bearers,
            besides[place.field],
            day,
            gazetteer,
            in_headline=arounds[place.field].scan.field == "headline",
        )
        if led
        else None
        for place, led in zip(places, asked, strict=True)
    ]


def _by_leadership(
    place: SurnameCandidate,
    bearers: Mapping[str, tuple[str, ...]],
    beside: LeaderContext,
    day: date,
    gazetteer: Gazetteer,
    *,
    in_headline: bool,
) -> Resolution | None:
    surname = place.found.names[0].owner
    who = bearers.get(surname, ())
    if (
        (len(who) == 1 and who[0] in gazetteer.leaders[surname])
        or place.title.offices is not None
        or (who and not in_headline)
    ):
        return None
    leader = infer_leader(surname, place.found, beside, day, gazetteer)
    if leader is None or place.title.gender not in {None, gazetteer.actors[leader].gender}:
        return None
    return (
        Resolution((leader,), MentionReason.LEADER)
        if not who or leader in who
        else Resolution(tuple(sorted((leader, *who))), MentionReason.LEADER_OR_OTHER)
    )


def _bearers(
    named: Iterable[ResolvedMention], gazetteer: Gazetteer
) -> Mapping[str, tuple[str, ...]]:
    """Those named in the article, by surname."""
    bearers: dict[str, set[str]] = {}
    for actor, written in {(one.actor, one.surname) for one in named}:
        for surname in (*gazetteer.surnames[actor], written):
            bearers.setdefault(surname, set()).add(actor)
    return {surname: tuple(sorted(actors)) for surname, actors in bearers.items()}


def _by_title(
    place: SurnameCandidate,
    bearers: Mapping[str, tuple[str, ...]],
    arounds: Sequence[TitleContext],
    day: date,
    gazetteer: Gazetteer,
) -> Resolution | None:
    surname, title = place.found.names[0].owner, place.title
    if not title.offices:
        return None
    who = best_fitting(bearers.get(surname, ()), title, day, gazetteer, at_least=ONCE_IN_OFFICE)
    if not who and (title.sure or surname not in bearers):
        enough = ONCE_IN_OFFICE if title.past else IN_OFFICE
        who = best_fitting(
            gazetteer.officials.get(surname, ()), title, day, gazetteer, at_least=enough
        )
    if len(who) > 1:
        who = _of_countries_named(who, arounds, gazetteer) or who
    return Resolution(who, MentionReason.TITLE) if who else None


def _of_countries_named(
    who: tuple[str, ...], arounds: Sequence[TitleContext], gazetteer: Gazetteer
) -> tuple[str, ...]:
    return tuple(
        actor
        for actor in who
        if any(gazetteer.actors[actor].country in beside.countries for beside in arounds)
    )


def _is_a_strangers(title: Title) -> bool:
    return title.sure and title.offices is not None


def _without_title(
    place: SurnameCandidate,
    bearers: Mapping[str, tuple[str, ...]],
    by_actor: ByActor,
    beside: TitleContext,
    day: date,
    gazetteer: Gazetteer,
) -> Resolution | None:
    surname, title = (
        place.found.names[0].owner,
        Title(gender=place.title.gender) if place.title.gender else UNTITLED,
    )
    who = best_fitting(bearers.get(surname, ()), title, day, gazetteer, at_least=NOTHING_AGAINST)
    if len(who) == 1:
        return Resolution(who, MentionReason.ONLY_BEARER)
    after = title_after(place.found.end, beside) if len(who) != 1 else UNTITLED
    if not who:
        return _of_whom_nobody_is_named(surname, after, day, gazetteer)
    fitting = (
        best_fitting(who, after, day, gazetteer, at_least=ONCE_IN_OFFICE) if after.offices else ()
    )
    return (
        Resolution(fitting, MentionReason.TITLE)
        if len(fitting) == 1
        else _last_named(place, who, beside.scan, by_actor)
    )


def _of_whom_nobody_is_named(
    surname: str, after: Title, day: date, gazetteer: Gazetteer
) -> Resolution | None:
    fitting = (
        best_fitting(
            gazetteer.officials.get(surname, ()), after, day, gazetteer, at_least=IN_OFFICE
        )
        if after.offices
        else ()
    )
    if fitting:
        return Resolution(fitting, MentionReason.TITLE)
    alone = tuple(
        actor for actor in gazetteer.alone.get(surname, ()) if is_in_office(actor, day, gazetteer)
    )
    return Resolution(alone, MentionReason.STANDS_ALONE) if len(alone) == 1 else None


def _last_named(
    place: SurnameCandidate, who: tuple[str, ...], scan: FieldScan, by_actor: ByActor
) -> Resolution:
    start = place.found.start
    counts = {actor: bisect_left(by_actor.get(actor, ()), (place.field, start)) for actor in who}
    latest = {actor: by_actor[actor][count - 1] for actor, count in counts.items() if count}
    so_far = tuple(sorted(latest))
    if len(so_far) < 2:
        return Resolution(
            so_far or who, MentionReason.ONLY_SO_FAR if so_far else MentionReason.SEVERAL_BEARERS
        )
    paragraph = scan.text.breaks(_PARAGRAPH).last_before(start - 1)
    near = [one for one in latest.values() if one.field == place.field and one.start > paragraph]
    if len(near) == 1 and scan.sentences.is_divided(near[0].end, start):
        return Resolution((near[0].actor,), MentionReason.ONLY_IN_PARAGRAPH)
    return Resolution(so_far, MentionReason.SEVERAL_BEARERS)
