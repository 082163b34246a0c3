"""Step 6: an office named without its holder stands for whoever holds it on the article's date.

A phrase that needs its country has it directly before ("South Korean foreign minister", "Japan's premier"), after an "of" ("president of
South Korea"), or from a person ("Trump's chief of staff"); the mention then spans the country too. Before a person's name the phrase is
a title, no mention. Before an unknown name it names the office, but nobody. "Former", "deputy" and the like make it somebody else: none;
so does "a", "any" or "no" (whoever holds it), and a role to take or give ("as secretary of state", "nominee for"), unless the same sentence
names the holder.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.office_terms import holder_on, is_in_office
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask
from shared.messages.schemas import CountryMention, Mention, MentionReason

_EDGE: Final = re.compile(r"(?P<possessive>['’]s?)?[ \u00a0-]$")
_OF: Final = re.compile(r" of (?:the )?", re.IGNORECASE)
_FOR: Final = re.compile(r" for (?:the )?([^\W\d_])")
_ACTING: Final = "acting"
_ANYBODY: Final = frozenset(
    {"a", "an", "any", "no", "every", "each", "another", "many", "some", "most", "few", "several"}
)
_ROLE: Final = re.compile(
    r"\b(?:as|be|being|been|becom(?:e|es|ing)|became|named|nominated?|appoint(?:ed)?|elected|confirmed"
    r"|(?:post|job|role|position|title|office|nominee|nomination|candidate|candidacy|bid|pick|choice|run) (?:of|for))"
    r" (?:(?:the|his|her|its|their) )?$",
    re.IGNORECASE,
)
_ROLE_REACH: Final = 40


@dataclass(frozen=True, slots=True)
class _Phrase:
    """An office's phrase as its place has it: which office, the whole stretch, and whether "acting" stands before it."""

    office: str
    start: int
    end: int
    acting: bool = False


@dataclass(frozen=True, slots=True)
class _Beside:
    """What ends or starts where in a field: countries (iso3 and the other edge), people (who)."""

    country_ends: Mapping[int, tuple[str, int]]
    country_starts: Mapping[int, tuple[str, int]]
    person_ends: Mapping[int, str]
    person_starts: frozenset[int]
    other_bodies: frozenset[int]
    people: Mapping[str | None, Sequence[Mention]]


def find_office_mentions(
    scans: Sequence[FieldScan],
    people: Sequence[Sequence[Mention]],
    taken: Sequence[Mask],
    countries: Sequence[Sequence[CountryMention]],
    day: date,
    gazetteer: Gazetteer,
) -> list[list[Mention]]:
    """The mentions of offices, field by field, in the order of the text; ``taken``: where people are named; ``day`` is the article's."""
    fields = zip(scans, people, taken, countries, strict=True)
    return [
        list(_in_field(*field, day, gazetteer))
        if field[0].of(NameKind.OFFICE, NameKind.OFFICE_OF)
        else []
        for field in fields
    ]


def _in_field(
    scan: FieldScan,
    people: Sequence[Mention],
    taken: Mask,
    countries: Sequence[CountryMention],
    day: date,
    gazetteer: Gazetteer,
) -> Iterator[Mention]:
    beside = _beside(scan, people, countries)
    for found in longest_spans(_merged(scan)):
        if found.end + 1 in beside.person_starts:
            continue
        phrase = (
            _read(scan, found, beside, day, gazetteer)
            if taken.is_free(found.start, found.end)
            else None
        )
        if (
            phrase is None
            or phrase.end + 1 in beside.person_starts
            or _is_somebody_else(scan, phrase, beside, gazetteer)
        ):
            continue
        office = gazetteer.offices[phrase.office]
        actor, candidates, reason = (
            (None, (), MentionReason.UNKNOWN_NAME)
            if _is_a_strangers(scan, phrase, gazetteer)
            else holder_on(office, day, acting=phrase.acting)
        )
        if _is_a_role(scan, phrase, beside, actor):
            continue
        yield Mention(
            field=scan.field,
            start=phrase.start,
            end=phrase.end,
            surface=scan.text.plain[phrase.start : phrase.end],
            kind="office",
            actor=actor,
            office=office.id,
            ambiguous=candidates,
            reason=reason,
        )


def _merged(scan: FieldScan) -> Iterator[CandidateSpan]:
    """Phrases with all offices they may mean, whether alone or with a country."""
    places: dict[tuple[int, int], CandidateSpan] = {}
    for found in scan.of(NameKind.OFFICE, NameKind.OFFICE_OF):
        place = (found.start, found.end)
        places[place] = (
            CandidateSpan(*place, (*places[place].names, *found.names))
            if place in places
            else found
        )
    yield from places.values()


def _beside(
    scan: FieldScan, people: Sequence[Mention], countries: Sequence[CountryMention]
) -> _Beside:
    relative = [(found, found.names[0].owner) for found in scan.of(NameKind.RELATIVE)]
    return _Beside(
        country_ends={found.end: (iso3, found.start) for found, iso3 in relative}
        | {country.end: (country.iso3, country.start) for country in countries},
        country_starts={country.start: (country.iso3, country.end) for country in countries},
        person_ends={mention.end: mention.actor for mention in people if mention.actor},
        person_starts=frozenset(mention.start for mention in people),
        other_bodies=frozenset(found.end for found in scan.of(NameKind.OTHER_BODY)),
        people=_by_actor(people),
    )


def _by_actor(people: Sequence[Mention]) -> Mapping[str | None, Sequence[Mention]]:
    by_actor: defaultdict[str | None, list[Mention]] = defaultdict(list)
    for mention in people:
        by_actor[mention.actor].append(mention)
    return by_actor


def _read(
    scan: FieldScan, found: CandidateSpan, beside: _Beside, day: date, gazetteer: Gazetteer
) -> _Phrase | None:
    """Which office the phrase means where it stands, if any."""
    plain, start = scan.text.plain, _before_acting(scan, found.start)
    edge = _EDGE.search(plain, max(0, start - 3), start)
    before, first = beside.country_ends.get(edge.start(), ("", 0)) if edge else ("", 0)
    after, last = _country_after(plain, found.end, beside)
    owner = (
        _owners_country(beside.person_ends.get(edge.start()), day, gazetteer)
        if edge and edge["possessive"]
        else ""
    )
    for country, place in (
        (before, (first, found.end)),
        (after, (start, last)),
        (owner, (start, found.end)),
    ):
        office = _of_country(found, country, gazetteer) if country else None
        if office:
            return _Phrase(
                office,
                *place,
                acting=start < found.start or _before_acting(scan, place[0]) < place[0],
            )
    alone = next((name.owner for name in found.names if name.kind is NameKind.OFFICE), None)
    if alone and before in {"", gazetteer.offices[alone].country}:
        whole = first if before else start
        return _Phrase(
            alone,
            whole,
            found.end,
            acting=start < found.start or _before_acting(scan, whole) < whole,
        )
    return None


def _owners_country(actor: str | None, day: date, gazetteer: Gazetteer) -> str:
    """Whose secretary: a country's, through somebody in office there; Obama's is not today's."""
    person = gazetteer.actors.get(actor or "")
    return person.country if person and is_in_office(person.id, day, gazetteer) else ""


def _before_acting(scan: FieldScan, start: int) -> int:
    before = scan.word_before(start)
    return before.start if before and before.text.lower() == _ACTING else start


def _country_after(plain: str, end: int, beside: _Beside) -> tuple[str, int]:
    of = _OF.match(plain, end)
    return beside.country_starts.get(of.end(), ("", 0)) if of else ("", 0)


def _of_country(found: CandidateSpan, country: str, gazetteer: Gazetteer) -> str | None:
    return next(
        (
            name.owner
            for name in found.names
            if name.kind is NameKind.OFFICE_OF and gazetteer.offices[name.owner].country == country
        ),
        None,
    )


def _is_somebody_else(
    scan: FieldScan, phrase: _Phrase, beside: _Beside, gazetteer: Gazetteer
) -> bool:
    plain = scan.text.plain
    before, after = scan.word_before(phrase.start), scan.word_after(phrase.end)
    edge = _EDGE.search(plain, max(0, phrase.start - 3), phrase.start)
    narrower = _FOR.match(plain, phrase.end)
    return (
        (
            before is not None
            and (before.text.lower() in _ANYBODY or before.text.lower() in gazetteer.not_the_holder)
        )
        or (after is not None and after.text.lower() in gazetteer.guards.not_yet_the_holder)
        or (edge is not None and edge.start() in beside.other_bodies)
        or (narrower is not None and narrower[1].isupper())
    )


def _is_a_role(scan: FieldScan, phrase: _Phrase, beside: _Beside, holder: str | None) -> bool:
    """Whether the office is a role to take, and the holder of the date is not named in the sentence: sworn in as secretary of state."""
    if not _ROLE.search(scan.text.plain, max(0, phrase.start - _ROLE_REACH), phrase.start):
        return False
    people = beside.people.get(holder, ()) if holder else ()
    after = bisect_left(people, phrase.end, key=attrgetter("start"))
    nearest = people[max(0, after - 1) : after + 1]
    return all(
        scan.sentences.is_divided(min(one.end, phrase.end), max(one.start, phrase.start))
        for one in nearest
    )


def _is_a_strangers(scan: FieldScan, phrase: _Phrase, gazetteer: Gazetteer) -> bool:
    """Whether a name that nobody knows follows, with the phrase written as its title: Foreign Minister Jane Doe."""
    after = scan.word_after(phrase.end)
    last = scan.text.plain[phrase.start : phrase.end].split()[-1]
    if (
        after is None
        or scan.capitals_mean_nothing
        or after.text.lower() in gazetteer.beside_surnames
    ):
        return False
    return (
        after.text[0].isupper()
        and last[0].isupper()
        and scan.listed.is_free(after.start, after.end)
    )
