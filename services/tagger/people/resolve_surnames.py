"""Resolve each surname to the person it refers to (entity linking).

In reading order, headline first, the first of these rules that applies decides:

1. A title before it (President Moon, Foreign Minister Ri): the person whom the article names in
   full and who holds or held such an office, else who holds it on the article's date. If an exact
   title fits nobody of the surname, an unknown person is meant.
2. In a headline, a country's leader of that surname, if the country or another leader is in the
   same sentence (leaders.py). Where the article names others of that surname and not the leader,
   it stays ambiguous between them.
3. The whole article names one person of that surname, whom Mr or Ms fits: that person, also before
   the full name (a headline).
4. It names several, and an office follows (Kim, the North Korean leader): the one whom it fits.
5. One of several has been named so far: that person. If several have been, the only one named in
   this paragraph, in an earlier sentence.
6. It names nobody: the leader, if the country or another leader is in the same sentence, and from
   then on in the rest of the article; or, where the surname may stand alone, the person who has it
   and holds an office on the article's date.

After a relative (Donald Trump Jr., Mrs. Macron) only a title, or Mr or Ms beside somebody named so
far, resolves the surname, until the article has named the person whom it means alone.
Otherwise the surname refers to nobody, and the candidates are listed. Who has been dead for three
years counts only where the article names nobody else of that surname.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.terms import is_in_office
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

_LONG_DEAD: Final = timedelta(days=3 * 365)
"""How long after the death a trial or a funeral may still call a person by the surname."""
_PARAGRAPH: Final = re.compile("\n(?=\n)")


class ResolvedMention(NamedTuple):
    """An unambiguous mention of an actor, in reading order.

    ``field`` is the field's index, ``surname`` a spelling used from then on that is not listed.
    """

    field: int
    start: int
    end: int
    actor: str
    surname: str = ""


MentionsByActor = Mapping[str, Sequence[ResolvedMention]]
ActorsBySurname = Mapping[str, tuple[str, ...]]


class SurnameCandidate(NamedTuple):
    """The span of a surname, with the title before it; ``field`` is the field's index.

    ``is_contested``: a relative is named before, and not the person whom the surname alone means.
    """

    field: int
    span: CandidateSpan
    title: Title
    is_contested: bool = False

    @property
    def surname(self) -> str:
        """Return the surname, normalised."""
        return self.span.names[0].owner


class Resolution(NamedTuple):
    """One actor, or several candidates; and why."""

    actors: tuple[str, ...]
    reason: MentionReason


def resolve_surnames(
    candidates: Sequence[SurnameCandidate],
    mentions: Sequence[ResolvedMention],
    contexts: Sequence[TitleContext],
    day: date,
    gazetteer: Gazetteer,
    unknown_namesakes: frozenset[str],
) -> list[Resolution | None]:
    """Resolve each surname; None is an unknown person.

    ``mentions`` are those by full name, ``contexts`` has one entry a field. Surnames with a title
    are resolved first, because they name people for the others; so are leaders whom the article
    does not name. ``unknown_namesakes``: surnames that are part of an unknown name somewhere in the
    article.
    """
    actors = _actors_by_surname(mentions, day, gazetteer)
    titled = [
        _resolve_by_title(candidate, actors, contexts, day, gazetteer) for candidate in candidates
    ]
    mentions = sorted([*mentions, *_new_mentions(candidates, titled)])
    resolutions = _resolve_remaining(candidates, titled, mentions, contexts, day, gazetteer)
    leaders = _resolve_leaders(
        candidates,
        sorted({*mentions, *_new_mentions(candidates, resolutions)}),
        _actors_by_surname(mentions, day, gazetteer),
        contexts,
        day,
        gazetteer,
        unknown_namesakes,
    )
    if not any(leaders):
        return resolutions
    mentions = sorted({*mentions, *_new_mentions(candidates, leaders)})
    with_leaders = [
        leader or resolution for leader, resolution in zip(leaders, resolutions, strict=True)
    ]
    return _resolve_remaining(candidates, with_leaders, mentions, contexts, day, gazetteer)


def _resolve_remaining(
    candidates: Sequence[SurnameCandidate],
    resolutions: Sequence[Resolution | None],
    mentions: Sequence[ResolvedMention],
    contexts: Sequence[TitleContext],
    day: date,
    gazetteer: Gazetteer,
) -> list[Resolution | None]:
    """Complete the resolutions by what is elsewhere in the article."""
    actors, by_actor = _actors_by_surname(mentions, day, gazetteer), _by_actor(mentions)
    return [
        resolution
        or (
            None
            if _is_unknown_persons_title(candidate.title)
            else _resolve_untitled(
                candidate, actors, by_actor, contexts[candidate.field], day, gazetteer
            )
        )
        for candidate, resolution in zip(candidates, resolutions, strict=True)
    ]


def _by_actor(mentions: Sequence[ResolvedMention]) -> MentionsByActor:
    """Group mentions by actor, in reading order."""
    by_actor: defaultdict[str, list[ResolvedMention]] = defaultdict(list)
    for mention in mentions:
        by_actor[mention.actor].append(mention)
    return by_actor


def _new_mentions(
    candidates: Sequence[SurnameCandidate], resolutions: Sequence[Resolution | None]
) -> Iterable[ResolvedMention]:
    for candidate, resolution in zip(candidates, resolutions, strict=True):
        if resolution and len(resolution.actors) == 1:
            start, end = candidate.span.start, candidate.span.end
            yield ResolvedMention(candidate.field, start, end, resolution.actors[0])


def _resolve_leaders(
    candidates: Sequence[SurnameCandidate],
    mentions: Sequence[ResolvedMention],
    actors: ActorsBySurname,
    contexts: Sequence[TitleContext],
    day: date,
    gazetteer: Gazetteer,
    unknown_namesakes: frozenset[str],
) -> list[Resolution | None]:
    """Resolve surnames to leaders: in a headline, or where no other person of the surname is named.

    ``mentions`` are all that are resolved by now.
    """
    may_be_leader = [
        candidate.surname in gazetteer.leaders and candidate.surname not in unknown_namesakes
        for candidate in candidates
    ]
    if not any(may_be_leader):
        return [None] * len(candidates)
    leader_contexts = [
        LeaderContext.from_scan(
            context.scan,
            ((mention, mention.actor) for mention in mentions if mention.field == field),
            gazetteer,
        )
        for field, context in enumerate(contexts)
    ]
    return [
        _resolve_leader(
            candidate,
            actors,
            leader_contexts[candidate.field],
            day,
            gazetteer,
            in_headline=contexts[candidate.field].scan.field == "headline",
        )
        if may_be
        else None
        for candidate, may_be in zip(candidates, may_be_leader, strict=True)
    ]


def _resolve_leader(
    candidate: SurnameCandidate,
    actors: ActorsBySurname,
    context: LeaderContext,
    day: date,
    gazetteer: Gazetteer,
    *,
    in_headline: bool,
) -> Resolution | None:
    surname, title = candidate.surname, candidate.title
    named_actors = actors.get(surname, ())
    if (
        (len(named_actors) == 1 and named_actors[0] in gazetteer.leaders[surname])
        or title.offices is not None
        or ((named_actors or candidate.is_contested) and not in_headline)
    ):
        return None
    leader = infer_leader(surname, candidate.span, context, day, gazetteer)
    if leader is None or title.gender not in {None, gazetteer.actors[leader].gender}:
        return None
    if not named_actors or leader in named_actors:
        return Resolution((leader,), MentionReason.LEADER)
    return Resolution(tuple(sorted((leader, *named_actors))), MentionReason.LEADER_OR_OTHER)


def _actors_by_surname(
    mentions: Iterable[ResolvedMention], day: date, gazetteer: Gazetteer
) -> ActorsBySurname:
    """Return the actors whom the article names, by surname; the long dead only without others."""
    actors: dict[str, set[str]] = {}
    for actor, spelling in {(mention.actor, mention.surname) for mention in mentions}:
        for surname in (*gazetteer.surnames[actor], spelling):
            actors.setdefault(surname, set()).add(actor)
    return {surname: _prefer_living(ids, day, gazetteer) for surname, ids in actors.items()}


def _prefer_living(ids: set[str], day: date, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the actors who may act: Kim beside Kim Jong Un is not Kim Il Sung."""
    if len(ids) == 1:
        return tuple(ids)
    long_dead = {
        id_ for id_ in ids if (died := gazetteer.actors[id_].died) and day - died > _LONG_DEAD
    }
    return tuple(sorted(ids - long_dead or ids))


def _resolve_by_title(
    candidate: SurnameCandidate,
    actors: ActorsBySurname,
    contexts: Sequence[TitleContext],
    day: date,
    gazetteer: Gazetteer,
) -> Resolution | None:
    surname, title = candidate.surname, candidate.title
    if not title.offices:
        return None
    fitting = best_fitting(actors.get(surname, ()), title, day, gazetteer, at_least=ONCE_IN_OFFICE)
    if not fitting and (title.is_exact or surname not in actors):
        fitting = best_fitting(
            gazetteer.officials.get(surname, ()),
            title,
            day,
            gazetteer,
            at_least=ONCE_IN_OFFICE if title.is_past else IN_OFFICE,
        )
    if len(fitting) > 1:
        fitting = _of_countries_in(contexts, fitting, gazetteer) or fitting
    return Resolution(fitting, MentionReason.TITLE) if fitting else None


def _of_countries_in(
    contexts: Sequence[TitleContext], actors: tuple[str, ...], gazetteer: Gazetteer
) -> tuple[str, ...]:
    return tuple(
        actor
        for actor in actors
        if any(gazetteer.actors[actor].country in context.countries for context in contexts)
    )


def _is_unknown_persons_title(title: Title) -> bool:
    return title.is_exact and title.offices is not None


def _resolve_untitled(
    candidate: SurnameCandidate,
    actors: ActorsBySurname,
    by_actor: MentionsByActor,
    context: TitleContext,
    day: date,
    gazetteer: Gazetteer,
) -> Resolution | None:
    gender = candidate.title.gender
    if candidate.is_contested:
        return _resolve_contested(candidate, actors, by_actor, day, gazetteer)
    named_actors = best_fitting(
        actors.get(candidate.surname, ()),
        Title(gender=gender) if gender else UNTITLED,
        day,
        gazetteer,
        at_least=NOTHING_AGAINST,
    )
    if len(named_actors) == 1:
        return Resolution(named_actors, MentionReason.ONLY_BEARER)
    after = title_after(candidate.span.end, context)
    if not named_actors:
        return _resolve_not_named(candidate, after, day, gazetteer)
    if after.offices:
        fitting = best_fitting(named_actors, after, day, gazetteer, at_least=ONCE_IN_OFFICE)
        if len(fitting) == 1:
            return Resolution(fitting, MentionReason.TITLE)
    return _resolve_by_last_mention(candidate, named_actors, context.scan, by_actor)


def _resolve_contested(
    candidate: SurnameCandidate,
    actors: ActorsBySurname,
    by_actor: MentionsByActor,
    day: date,
    gazetteer: Gazetteer,
) -> Resolution | None:
    """Resolve a surname after a relative's: to whom Mrs. or Mr fits, of those named so far."""
    title = Title(gender=candidate.title.gender)
    if not title.gender:
        return None
    fitting = best_fitting(
        actors.get(candidate.surname, ()), title, day, gazetteer, at_least=NOTHING_AGAINST
    )
    so_far = tuple(
        actor
        for actor in fitting
        if bisect_left(by_actor.get(actor, ()), (candidate.field, candidate.span.start))
    )
    return Resolution(so_far, MentionReason.ONLY_SO_FAR) if len(so_far) == 1 else None


def _resolve_not_named(
    candidate: SurnameCandidate, after: Title, day: date, gazetteer: Gazetteer
) -> Resolution | None:
    """Resolve a surname of which the article names nobody."""
    surname, gender = candidate.surname, candidate.title.gender
    if after.offices:
        officials = gazetteer.officials.get(surname, ())
        fitting = best_fitting(officials, after, day, gazetteer, at_least=IN_OFFICE)
        if fitting:
            return Resolution(fitting, MentionReason.TITLE)
    alone = tuple(
        actor
        for actor in gazetteer.bare_surnames.get(surname, ())
        if is_in_office(actor, day, gazetteer) and gender in {None, gazetteer.actors[actor].gender}
    )
    return Resolution(alone, MentionReason.STANDS_ALONE) if len(alone) == 1 else None


def _resolve_by_last_mention(
    candidate: SurnameCandidate,
    actors: tuple[str, ...],
    scan: FieldScan,
    by_actor: MentionsByActor,
) -> Resolution:
    start = candidate.span.start
    counts = {
        actor: bisect_left(by_actor.get(actor, ()), (candidate.field, start)) for actor in actors
    }
    latest = {actor: by_actor[actor][count - 1] for actor, count in counts.items() if count}
    so_far = tuple(sorted(latest))
    if len(so_far) < 2:
        return Resolution(
            so_far or actors,
            MentionReason.ONLY_SO_FAR if so_far else MentionReason.SEVERAL_BEARERS,
        )
    paragraph = scan.text.breaks(_PARAGRAPH).last_before(start - 1)
    near = [
        mention
        for mention in latest.values()
        if mention.field == candidate.field and mention.start > paragraph
    ]
    if len(near) == 1 and scan.sentences.is_divided(near[0].end, start):
        return Resolution((near[0].actor,), MentionReason.ONLY_IN_PARAGRAPH)
    return Resolution(so_far, MentionReason.SEVERAL_BEARERS)
