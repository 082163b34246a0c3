"""Find people, by full name and then by surname (resolve_surnames.py).

A full name refers to the person who has it. If several have it, it refers to the one whom the title
before it fits, else to nobody, and the candidates are listed.
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
    has_office_beside,
    title_before,
)
from services.tagger.people.namesakes import (
    SurnameBearer,
    SurnameBearers,
    find_unknown_bearers,
    is_of_a_generation,
    is_principal,
    is_titled_otherwise,
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
from services.tagger.scan.normalise import normalise_name
from shared.messages.schemas import Mention, MentionKind, MentionReason

_TITLES_OF_RELATIVES: Final = (
    "Mrs. ", "Mrs ", "Ms. ", "Ms ", "Miss ", "Lady ", "lady ", "Mme ", "Mme. ", "Madame ", "Dame ",
)  # fmt: skip
"""Before a name that stands alone: only then the title is looked at."""
_PRESIDENTS: Final = ("President ", "president ")
_OF_PEOPLE: Final = (NameKind.PERSON, NameKind.MONONYM, NameKind.TITLED, NameKind.SURNAME)
_SHORT_NAME_WORDS: Final = 2
_SECOND_PART: Final = re.compile(r"-(?!led\b|era\b|style\b|backed\b|born\b|like\b)[a-z]{1,6}\b")


def find_person_mentions(
    scans: Sequence[FieldScan], day: date, gazetteer: Gazetteer
) -> list[list[Mention]]:
    """Return the mentions of people by field, in text order; ``day`` is the article's."""
    if not any(scan.spans(*_OF_PEOPLE) for scan in scans):
        return [[] for _ in scans]
    contexts = [TitleContext(scan) for scan in scans]
    full_names = [_full_names(context.scan, gazetteer) for context in contexts]
    bearers = list(_bearers(contexts, full_names, gazetteer))
    full_names = _without_contested(full_names, bearers, scans, gazetteer)
    mentions = [
        list(_full_name_mentions(spans, context, day, gazetteer))
        for spans, context in zip(full_names, contexts, strict=True)
    ]
    resolved = [
        _to_resolved_mention(field, mention, mention.actor, gazetteer)
        for field, of_field in enumerate(mentions)
        for mention in of_field
        if mention.actor
    ]
    candidates = list(_surname_candidates(contexts, full_names, resolved, gazetteer))
    if not candidates:
        return mentions
    if any(not is_principal(bearer.actor, bearer.surname, gazetteer) for bearer in bearers):
        candidates = _mark_contested(candidates, bearers, scans, gazetteer)
    namesakes = frozenset(_unknown_namesakes(contexts, mentions, candidates, gazetteer))
    resolutions = resolve_surnames(candidates, resolved, contexts, day, gazetteer, namesakes)
    for candidate, resolution in zip(candidates, resolutions, strict=True):
        if resolution:
            mention = _mention(scans[candidate.field], candidate.span, resolution, "surname")
            mentions[candidate.field].append(mention)
    return [sorted(of_field, key=lambda mention: mention.start) for of_field in mentions]


def _bearers(
    contexts: Sequence[TitleContext],
    full_names: Sequence[Sequence[CandidateSpan]],
    gazetteer: Gazetteer,
) -> Iterator[SurnameBearer]:
    """Yield who bears the surnames that may stand alone, by full name or by that surname."""
    surnames = frozenset(
        span.names[0].owner
        for context in contexts
        for span in context.scan.spans(NameKind.SURNAME)
        if span.names[0].owner in gazetteer.principals or span.names[0].owner in gazetteer.leaders
    )
    if not surnames:
        return
    for field, (context, spans) in enumerate(zip(contexts, full_names, strict=True)):
        named: set[tuple[str, bool]] = set()
        for span in spans:
            actor, is_mononym = span.names[0].owner, span.names[0].kind is NameKind.MONONYM
            is_relative = is_of_a_generation(context.scan, span) or (
                is_mononym and _is_anothers(span, context, gazetteer)
            )
            is_bare = is_mononym and not context.scan.text.plain.endswith(
                _PRESIDENTS, 0, span.start
            )
            if not is_relative and (actor, is_bare) in named:
                continue
            for surname in surnames.intersection(gazetteer.surnames[actor]):
                yield SurnameBearer(
                    field, span.start, surname, "" if is_relative else actor, is_bare
                )
            named.add((actor, is_bare))
    yield from find_unknown_bearers(contexts, full_names, surnames, gazetteer)


def _is_anothers(span: CandidateSpan, context: TitleContext, gazetteer: Gazetteer) -> bool:
    """Return whether the title before a name that stands alone makes it a relative's."""
    return context.scan.text.plain.endswith(
        _TITLES_OF_RELATIVES, 0, span.start
    ) and is_titled_otherwise(
        title_before(span.start, context, gazetteer), span.names[0].owner, gazetteer
    )


def _without_contested(
    full_names: list[list[CandidateSpan]],
    bearers: Sequence[SurnameBearer],
    scans: Sequence[FieldScan],
    gazetteer: Gazetteer,
) -> list[list[CandidateSpan]]:
    """Leave out names that stand alone where a relative's surname may be meant."""
    others = {
        (bearer.field, bearer.start): bearer
        for bearer in bearers
        if not is_principal(bearer.actor, bearer.surname, gazetteer)
    }
    if not others:
        return full_names
    by_surname = SurnameBearers.of(bearers, scans, gazetteer)
    return [
        [
            span
            for span in spans
            if span.names[0].kind is not NameKind.MONONYM
            or not (
                (field, span.start) in others
                or by_surname.is_contested(
                    field, span.start, normalise_name(span.names[0].spelling)
                )
            )
        ]
        for field, spans in enumerate(full_names)
    ]


def _mark_contested(
    candidates: Sequence[SurnameCandidate],
    bearers: Sequence[SurnameBearer],
    scans: Sequence[FieldScan],
    gazetteer: Gazetteer,
) -> list[SurnameCandidate]:
    """Mark the surnames that stand after a relative's and before their principal's."""
    alone = [
        _bearer_by_surname(candidate, actor, gazetteer)
        for candidate in candidates
        for actor in gazetteer.principals.get(candidate.surname, ())
    ]
    by_surname = SurnameBearers.of([*bearers, *alone], scans, gazetteer)
    return [
        candidate._replace(
            is_contested=by_surname.is_contested(
                candidate.field, candidate.span.start, candidate.surname
            )
        )
        for candidate in candidates
    ]


def _bearer_by_surname(
    candidate: SurnameCandidate, actor: str, gazetteer: Gazetteer
) -> SurnameBearer:
    """Return whom a surname that may stand alone names, by its title."""
    title = candidate.title
    is_other = is_titled_otherwise(title, actor, gazetteer)
    return SurnameBearer(
        candidate.field,
        candidate.span.start,
        candidate.surname,
        "" if is_other else actor,
        is_bare=not title.offices,
    )


def _to_resolved_mention(
    field: int, mention: Mention, actor: str, gazetteer: Gazetteer
) -> ResolvedMention:
    """Convert a mention by full name; a person written Lee Yong-ho is Lee afterwards, not Ri."""
    spellings = gazetteer.other_family_names.get(actor)
    first = mention.surface.split(maxsplit=1)[0].lower() if spellings else ""
    surname = first if spellings and first in spellings else ""
    return ResolvedMention(field, mention.start, mention.end, actor, surname)


def _full_names(scan: FieldScan, gazetteer: Gazetteer) -> list[CandidateSpan]:
    spans = scan.spans(NameKind.PERSON)
    spans += _mononyms(scan, gazetteer)
    spans += _surnames_in_titles(scan)
    if not spans:
        return []
    spans = longest_spans(spans + scan.spans(NameKind.ORGANISATION))
    return [span for span in spans if span.names[0].kind is not NameKind.ORGANISATION]


def _is_other_name(scan: FieldScan, span: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Return whether it is a ship, an airport, or the start of a longer name.

    Cho Hyun-woo is not Cho Hyun.
    """
    if scan.text.plain[span.end : span.end + 1] == "-" and _has_second_part(scan, span, gazetteer):
        return True
    return is_ship_name(scan, span.start) or (
        has_head_noun(scan, span, gazetteer) and not is_case_uninformative(scan, span)
    )


def _has_second_part(scan: FieldScan, span: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Return whether the second part of a given name follows."""
    if len(scan.text.plain[span.start : span.end].split()) > _SHORT_NAME_WORDS:
        return False
    country = gazetteer.actors[span.names[0].owner].country
    return (
        country in FAMILY_NAME_FIRST and _SECOND_PART.match(scan.text.plain, span.end) is not None
    )


def _full_name_mentions(
    spans: Sequence[CandidateSpan], context: TitleContext, day: date, gazetteer: Gazetteer
) -> Iterator[Mention]:
    for span in spans:
        if is_of_a_generation(context.scan, span) or _is_other_name(context.scan, span, gazetteer):
            continue
        mention = _full_name_mention(span, context, day, gazetteer)
        if mention:
            yield mention


def _mononyms(scan: FieldScan, gazetteer: Gazetteer) -> Iterator[CandidateSpan]:
    for span in scan.spans(NameKind.MONONYM):
        if is_town_name(scan.text.plain, span.start):
            continue
        if not is_part_of_unknown_name(scan, span, frozenset(), gazetteer) or is_case_uninformative(
            scan, span
        ):
            yield span


def _surnames_in_titles(scan: FieldScan) -> Iterator[CandidateSpan]:
    """Yield the surname of each listed title with surname, without the title."""
    for span in scan.spans(NameKind.TITLED):
        start = span.start + scan.text.plain[span.start : span.end].rfind(" ") + 1
        yield CandidateSpan(start, span.end, span.names)


def _full_name_mention(
    span: CandidateSpan, context: TitleContext, day: date, gazetteer: Gazetteer
) -> Mention | None:
    resolution = Resolution(owners(span.names), MentionReason.FULL_NAME)
    actors = resolution.actors
    is_common = any(gazetteer.actors[actor].common_name for actor in actors)
    if is_common or len(actors) > 1:
        title = title_before(span.start, context, gazetteer)
        fitting = best_fitting(actors, title, day, gazetteer, at_least=ONCE_IN_OFFICE)
        if is_common and not fitting:
            return None
        resolution = (
            Resolution(fitting, MentionReason.TITLE)
            if fitting
            else Resolution(actors, MentionReason.SHARED_NAME)
        )
    kind: MentionKind = "name" if span.names[0].kind is NameKind.PERSON else "surname"
    return _mention(context.scan, span, resolution, kind)


def _mention(
    scan: FieldScan, span: CandidateSpan, resolution: Resolution, kind: MentionKind
) -> Mention:
    is_resolved = len(resolution.actors) == 1
    return Mention(
        field=scan.field,
        start=span.start,
        end=span.end,
        surface=scan.text.plain[span.start : span.end],
        kind=kind,
        actor=resolution.actors[0] if is_resolved else None,
        ambiguous=() if is_resolved else resolution.actors,
        reason=resolution.reason,
    )


def _unknown_namesakes(
    contexts: Sequence[TitleContext],
    mentions: Sequence[Sequence[Mention]],
    candidates: Sequence[SurnameCandidate],
    gazetteer: Gazetteer,
) -> Iterator[str]:
    """Yield leaders' surnames that are also part of an unknown name, or a word.

    Examples: Andy Kim, the Moon.
    """
    starts = {(candidate.field, candidate.span.start) for candidate in candidates}
    for field, context in enumerate(contexts):
        spans = [
            span
            for span in context.scan.spans(NameKind.SURNAME)
            if span.names[0].owner in gazetteer.leaders and (field, span.start) not in starts
        ]
        if not spans:
            continue
        mask = Mask(len(context.scan.text.plain), mentions[field])
        yield from (span.names[0].owner for span in spans if mask.is_free(span.start, span.end))


def _surname_candidates(
    contexts: Sequence[TitleContext],
    full_names: Sequence[Sequence[CandidateSpan]],
    resolved: Sequence[ResolvedMention],
    gazetteer: Gazetteer,
) -> Iterator[SurnameCandidate]:
    surnames = frozenset(
        surname for mention in resolved for surname in gazetteer.surnames[mention.actor]
    )
    resolvable = _resolvable_surnames(
        contexts, surnames.union(mention.surname for mention in resolved), gazetteer
    )
    if not resolvable:
        return
    for field, context in enumerate(contexts):
        for span in find_surname_spans(
            context.scan, full_names[field], surnames, resolvable, gazetteer
        ):
            title = title_before(span.start, context, gazetteer)
            yield SurnameCandidate(field, span, title)


def _resolvable_surnames(
    contexts: Sequence[TitleContext], in_article: frozenset[str], gazetteer: Gazetteer
) -> frozenset[str]:
    """Return the surnames in the article by which it may name somebody.

    They are those of people whom it names in full, those that may be resolved without a title, and
    those of officials that have one. Most words that are also surnames are none of them: Price.
    """
    resolvable: set[str] = set()
    for context in contexts:
        for span in context.scan.spans(NameKind.SURNAME):
            surname = span.names[0].owner
            if surname not in resolvable and (
                surname in in_article
                or surname in gazetteer.untitled_surnames
                or (surname in gazetteer.officials and has_office_beside(span, context, gazetteer))
            ):
                resolvable.add(surname)
    return frozenset(resolvable)
