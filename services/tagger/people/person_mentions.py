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
_SHORT_NAME_WORDS: Final = 2
_SECOND_PART: Final = re.compile(r"-(?!led\b|era\b|style\b|backed\b|born\b|like\b)[a-z]{1,6}\b")


def find_person_mentions(
    scans: Sequence[FieldScan], day: date, gazetteer: Gazetteer
) -> list[list[Mention]]:
    """Return the mentions of people by field, in text order; ``day`` is the article's."""
    contexts = [TitleContext(scan) for scan in scans]
    full_names = [_full_names(context.scan, gazetteer) for context in contexts]
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
    namesakes = frozenset(_unknown_namesakes(contexts, mentions, candidates, gazetteer))
    resolutions = resolve_surnames(candidates, resolved, contexts, day, gazetteer, namesakes)
    for candidate, resolution in zip(candidates, resolutions, strict=True):
        if resolution:
            mention = _mention(scans[candidate.field], candidate.span, resolution, "surname")
            mentions[candidate.field].append(mention)
    return [sorted(of_field, key=lambda mention: mention.start) for of_field in mentions]


def _to_resolved_mention(
    field: int, mention: Mention, actor: str, gazetteer: Gazetteer
) -> ResolvedMention:
    """Convert a mention by full name; a person written Lee Yong-ho is Lee afterwards, not Ri."""
    spellings = gazetteer.other_family_names.get(actor)
    first = mention.surface.split(maxsplit=1)[0].lower() if spellings else ""
    surname = first if spellings and first in spellings else ""
    return ResolvedMention(field, mention.start, mention.end, actor, surname)


def _full_names(scan: FieldScan, gazetteer: Gazetteer) -> list[CandidateSpan]:
    listed = scan.spans(NameKind.PERSON, NameKind.ORGANISATION)
    spans = longest_spans([*listed, *_mononyms(scan, gazetteer), *_surnames_in_titles(scan)])
    return [span for span in spans if span.names[0].kind is not NameKind.ORGANISATION]


def _is_junior(scan: FieldScan, span: CandidateSpan) -> bool:
    """Return whether Jr. or III follows, which no listed name has: it is another person."""
    plain = scan.text.plain
    return plain[span.end : span.end + 1] in _BEFORE_JUNIOR and bool(_JUNIOR.match(plain, span.end))


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
        if _is_junior(context.scan, span) or _is_other_name(context.scan, span, gazetteer):
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
    for field, context in enumerate(contexts):
        for span in find_surname_spans(context.scan, full_names[field], surnames, gazetteer):
            title = title_before(span.start, context, gazetteer)
            yield SurnameCandidate(field, span, title)
