"""Step 3: people, by full name and then by surname (who.py says whose a surname is).

A full name names its holder. One that several people share is the one whom the title before it fits; else nobody's, and they are listed.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.data.variants import FAMILY_NAME_FIRST
from services.tagger.people.honorifics import (
    ONCE_IN_OFFICE,
    TitleContext,
    best_fitting,
    title_before,
)
from services.tagger.people.resolve_surnames import (
    Resolution,
    ResolvedMention,
    SurnameCandidate,
    resolve_surnames,
)
from services.tagger.people.surname_spans import (
    find_surname_spans,
    is_case_uninformative,
    is_part_of_unknown_name,
    is_town_name,
)
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask, owners
from services.tagger.scan.compound_names import has_head_noun, is_ship_name
from shared.messages.schemas import Mention, MentionKind, MentionReason

_BEFORE_JUNIOR: Final = frozenset(" ,")
_JUNIOR: Final = re.compile(r",? (?:Jr|Sr|II|III|IV)\b")
_PARTS_OF_A_SHORT_NAME: Final = 2
_SECOND_PART: Final = re.compile(r"-(?!led\b|era\b|style\b|backed\b|born\b|like\b)[a-z]{1,6}\b")


def find_person_mentions(
    scans: Sequence[FieldScan], day: date, gazetteer: Gazetteer
) -> list[list[Mention]]:
    """The mentions of people, field by field, in the order of the text; ``day`` is the article's."""
    arounds = [TitleContext(scan) for scan in scans]
    full = [_full_names(beside, gazetteer) for beside in arounds]
    mentions = [
        list(_mentions(places, beside, day, gazetteer))
        for places, beside in zip(full, arounds, strict=True)
    ]
    named = [
        _named(field, one, one.actor, gazetteer)
        for field, of_field in enumerate(mentions)
        for one in of_field
        if one.actor
    ]
    surnames = list(_surnames(arounds, full, named, gazetteer))
    strangers = frozenset(_strangers(arounds, mentions, surnames, gazetteer))
    for place, who in zip(
        surnames, resolve_surnames(surnames, named, arounds, day, gazetteer, strangers), strict=True
    ):
        if who:
            mentions[place.field].append(_mention(scans[place.field], place.found, who, "surname"))
    return [sorted(of_field, key=lambda mention: mention.start) for of_field in mentions]


def _named(field: int, mention: Mention, actor: str, gazetteer: Gazetteer) -> ResolvedMention:
    """Somebody named in full; whoever is written Lee Yong-ho is Lee from then on, though listed as Ri."""
    others = gazetteer.other_family_names.get(actor)
    first = mention.surface.split(maxsplit=1)[0].lower() if others else ""
    return ResolvedMention(
        field, mention.start, mention.end, actor, first if others and first in others else ""
    )


def _full_names(beside: TitleContext, gazetteer: Gazetteer) -> list[CandidateSpan]:
    scan = beside.scan
    found = longest_spans(
        [
            *scan.of(NameKind.PERSON, NameKind.ORGANISATION),
            *_alone(scan, gazetteer),
            *_without_title(scan),
        ]
    )
    return [place for place in found if place.names[0].kind is not NameKind.ORGANISATION]


def _is_the_younger(scan: FieldScan, place: CandidateSpan) -> bool:
    """Whether Jr. or III follows, which no listed name has: somebody else."""
    return scan.text.plain[place.end : place.end + 1] in _BEFORE_JUNIOR and bool(
        _JUNIOR.match(scan.text.plain, place.end)
    )


def _is_no_person(scan: FieldScan, place: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Whether a ship or an airport bears the name, or a longer name begins with it: Cho Hyun-woo is not Cho Hyun."""
    if scan.text.plain[place.end : place.end + 1] == "-" and _goes_on(scan, place, gazetteer):
        return True
    return is_ship_name(scan, place.start) or (
        has_head_noun(scan, place, gazetteer) and not is_case_uninformative(scan, place)
    )


def _goes_on(scan: FieldScan, place: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Whether a second part of a given name follows."""
    if len(scan.text.plain[place.start : place.end].split()) > _PARTS_OF_A_SHORT_NAME:
        return False
    country = gazetteer.actors[place.names[0].owner].country
    return (
        country in FAMILY_NAME_FIRST and _SECOND_PART.match(scan.text.plain, place.end) is not None
    )


def _mentions(
    places: Sequence[CandidateSpan], beside: TitleContext, day: date, gazetteer: Gazetteer
) -> Iterator[Mention]:
    for place in places:
        if _is_the_younger(beside.scan, place) or _is_no_person(beside.scan, place, gazetteer):
            continue
        mention = _full_name(place, beside, day, gazetteer)
        if mention:
            yield mention


def _alone(scan: FieldScan, gazetteer: Gazetteer) -> Iterator[CandidateSpan]:
    for found in scan.of(NameKind.ALONE):
        if is_town_name(scan.text.plain, found.start):
            continue
        if not is_part_of_unknown_name(
            scan, found, frozenset(), gazetteer
        ) or is_case_uninformative(scan, found):
            yield found


def _without_title(scan: FieldScan) -> Iterator[CandidateSpan]:
    for found in scan.of(NameKind.TITLED):
        last_word = found.start + scan.text.plain[found.start : found.end].rfind(" ") + 1
        yield CandidateSpan(last_word, found.end, found.names)


def _full_name(
    found: CandidateSpan, beside: TitleContext, day: date, gazetteer: Gazetteer
) -> Mention | None:
    who = Resolution(owners(found.names), MentionReason.FULL_NAME)
    common = any(gazetteer.actors[actor].common_name for actor in who.actors)
    if common or len(who.actors) > 1:
        fitting = best_fitting(
            who.actors,
            title_before(found.start, beside, gazetteer),
            day,
            gazetteer,
            at_least=ONCE_IN_OFFICE,
        )
        who = (
            Resolution(fitting, MentionReason.TITLE)
            if fitting
            else Resolution(who.actors, MentionReason.SHARED_NAME)
        )
        if common and not fitting:
            return None
    return _mention(
        beside.scan, found, who, "name" if found.names[0].kind is NameKind.PERSON else "surname"
    )


def _mention(scan: FieldScan, found: CandidateSpan, who: Resolution, kind: MentionKind) -> Mention:
    sure = len(who.actors) == 1
    return Mention(
        field=scan.field,
        start=found.start,
        end=found.end,
        surface=scan.text.plain[found.start : found.end],
        kind=kind,
        actor=who.actors[0] if sure else None,
        ambiguous=() if sure else who.actors,
        reason=who.reason,
    )


def _strangers(
    arounds: Sequence[TitleContext],
    mentions: Sequence[Sequence[Mention]],
    surnames: Sequence[SurnameCandidate],
    gazetteer: Gazetteer,
) -> Iterator[str]:
    """Surnames of leaders that stand as a part of an unknown name, or as a word: Andy Kim, the Moon."""
    known = {(place.field, place.found.start) for place in surnames}
    for field, beside in enumerate(arounds):
        found = [
            place
            for place in beside.scan.of(NameKind.SURNAME)
            if place.names[0].owner in gazetteer.leaders and (field, place.start) not in known
        ]
        taken = Mask(len(beside.scan.text.plain), mentions[field]) if found else None
        yield from (
            place.names[0].owner
            for place in found
            if taken and taken.is_free(place.start, place.end)
        )


def _surnames(
    arounds: Sequence[TitleContext],
    full: Sequence[Sequence[CandidateSpan]],
    named: list[ResolvedMention],
    gazetteer: Gazetteer,
) -> Iterator[SurnameCandidate]:
    sought = frozenset(surname for one in named for surname in gazetteer.surnames[one.actor])
    for field, beside in enumerate(arounds):
        for found in find_surname_spans(beside.scan, full[field], sought, gazetteer):
            yield SurnameCandidate(field, found, title_before(found.start, beside, gazetteer))
