"""Step 3: people, by full name and then by surname.

A full name names its holder; a name that several people share names nobody, and lists them. A surname counts only where the article
names somebody of that surname in full, and only as a name of its own: with a capital, outside other names, and not beside an unknown
first or last name (Andy Kim, Kim Il Sung), unless capitals mean nothing there (title case). It is resolved so, in reading order, the
headline first:

1. One person of that surname is named in the whole article: that person, also before the full name (a headline).
2. One of several has been named so far: that person.
3. Several have been named so far: the one who alone is named in this paragraph, in an earlier sentence; else nobody, and they are listed.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.tagger.find import Found, Kind, line_of, longest, stands_alone
from services.tagger.gazetteer import Gazetteer
from services.tagger.scan import Mask, Scan, Word, owners
from shared.schemas import Mention

_SENTENCE_END: Final = re.compile(r"[.!?…]['\")\]’”]*\s|[。！？]")
_PARAGRAPH: Final = "\n\n"
_INITIAL_LENGTH: Final = 3


class _Named(NamedTuple):
    """Where an actor is named in full: place in reading order."""

    field: int
    start: int
    end: int
    actor: str


class _Surname(NamedTuple):
    field: int
    start: int
    end: int
    bearers: tuple[str, ...]


def name_people(scans: Sequence[Scan], gazetteer: Gazetteer) -> list[list[Mention]]:
    """The mentions of people, field by field, in the order of the text."""
    full = [_full_names(scan) for scan in scans]
    named = [_Named(field, found.start, found.end, found.actor) for field, mentions in enumerate(full) for found in mentions if found.actor]
    bearers = _bearers(named, gazetteer)
    mentions: list[list[Mention]] = []
    for field, scan in enumerate(scans):
        bare = [_resolve(surname, scan, named) for surname in _surnames(field, scan, full[field], bearers, gazetteer)]
        mentions.append(sorted([*full[field], *bare], key=lambda mention: mention.start))
    return mentions


def _full_names(scan: Scan) -> list[Mention]:
    found = longest([*scan.of(Kind.PERSON, Kind.ALONE, Kind.ORGANISATION), *_without_title(scan)])
    return [_mention(scan, place) for place in found if place.names[0].kind is not Kind.ORGANISATION]


def _without_title(scan: Scan) -> Iterator[Found]:
    for found in scan.of(Kind.TITLED):
        yield found._replace(start=found.start + scan.text.plain[found.start : found.end].rfind(" ") + 1)


def _mention(scan: Scan, found: Found) -> Mention:
    who = owners(found.names)
    actor = who[0] if len(who) == 1 else None
    return Mention(
        field=scan.field,
        start=found.start,
        end=found.end,
        surface=scan.text.plain[found.start : found.end],
        kind="name" if found.names[0].kind is Kind.PERSON else "surname",
        actor=actor,
        ambiguous=() if actor else who,
    )


def _bearers(named: list[_Named], gazetteer: Gazetteer) -> dict[str, tuple[str, ...]]:
    bearers: dict[str, set[str]] = {}
    for one in named:
        for surname in gazetteer.surnames[one.actor]:
            bearers.setdefault(surname, set()).add(one.actor)
    return {surname: tuple(sorted(bearers[surname])) for surname in sorted(bearers)}


def _surnames(field: int, scan: Scan, full: list[Mention], bearers: dict[str, tuple[str, ...]], gazetteer: Gazetteer) -> Iterator[_Surname]:
    taken = Mask(len(scan.text.plain), [*full, *scan.of(Kind.DECOY, Kind.ORGANISATION)])
    places = sorted((_Surname(field, *place, who) for surname, who in bearers.items() for place in _places(scan, surname)), key=_longest_first)
    known = scan.listed.with_places(places)
    for place in places:
        if taken.is_free(place.start, place.end):
            taken.take(place.start, place.end)
            if not _is_another(scan, place, known, gazetteer) or scan.capitals_mean_nothing or line_of(scan.text.plain, place.start).isupper():
                yield place


def _longest_first(place: _Surname) -> tuple[int, int]:
    return place.start - place.end, place.start


def _places(scan: Scan, surname: str) -> Iterator[tuple[int, int]]:
    folded = scan.text.folded
    at = folded.find(surname)
    while at >= 0:
        end = at + len(surname)
        if stands_alone(folded, at, end):
            place = scan.text.span(at, end)
            if _has_a_capital(scan.text.plain[slice(*place)]):
                yield place
        at = folded.find(surname, end)


def _has_a_capital(surface: str) -> bool:
    return any(word[0].isupper() for word in surface.split()) or surface.lower() == surface.upper()


def _is_another(scan: Scan, place: _Surname, known: Mask, gazetteer: Gazetteer) -> bool:
    around = (scan.word_before(place.start), scan.word_after(place.end))
    return any(word is not None and _could_be_a_name(word, known, gazetteer) for word in around)


def _could_be_a_name(word: Word, known: Mask, gazetteer: Gazetteer) -> bool:
    if not word.text[0].isupper() or (word.text.endswith(".") and len(word.text) > _INITIAL_LENGTH):
        return False
    return word.text.rstrip(".").lower() not in gazetteer.beside_surnames and known.is_free(word.start, word.end)


def _resolve(surname: _Surname, scan: Scan, named: list[_Named]) -> Mention:
    who = surname.bearers if len(surname.bearers) == 1 else _who_is_meant(surname, scan.text.plain, named)
    return Mention(
        field=scan.field,
        start=surname.start,
        end=surname.end,
        surface=scan.text.plain[surname.start : surname.end],
        kind="surname",
        actor=who[0] if len(who) == 1 else None,
        ambiguous=who if len(who) > 1 else (),
    )


def _who_is_meant(surname: _Surname, plain: str, named: list[_Named]) -> tuple[str, ...]:
    earlier = [one for one in named if one.actor in surname.bearers and (one.field, one.start) < (surname.field, surname.start)]
    so_far = tuple(sorted({one.actor for one in earlier}))
    if len(so_far) < 2:
        return so_far or surname.bearers
    paragraph = plain.rfind(_PARAGRAPH, 0, surname.start)
    near = [one for one in earlier if one.field == surname.field and one.start > paragraph]
    if len({one.actor for one in near}) == 1 and _SENTENCE_END.search(plain, near[-1].end, surname.start):
        return (near[-1].actor,)
    return so_far
