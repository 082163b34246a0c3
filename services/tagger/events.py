"""Step 8: who did what to whom, where the words leave no doubt: a known actor or country, a listed verb, and whom it concerns, in one clause.

Between who and the verb only auxiliaries, adverbs and days may stand; between the verb and whom only a title. "Was praised by" turns the
two round, and "X and Y met" is both. In a question, under a condition, or where somebody is asked to act nothing is said to happen. Whatever is
less plain is no event: precision before recall.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask
from services.tagger.scan.normalise import NormalisedText
from shared.messages.schemas import CountryMention, Event, Mention, Tense

_DAY: Final = r"(?:on|last|this|next|late|early) \w+day"
_HELPER: Final = re.compile(
    r" (?:who|which|has|have|had|is|are|was|were|been|be|will|would|may|might|could|can|should|must|does|do|did|not|never|also|again|later|then"
    rf"|first|once|already|repeatedly|publicly|reportedly|no|longer|to|going|plans|wants|expected|due|ready|refused|refuses|{_DAY}|\w+n['’]t),?(?= )",
    re.IGNORECASE,
)
_TO_WHOM: Final = re.compile(
    r"(?: (?:the|his|her|its|their|then|former|new|of|counterpart,?|president|leader|minister|[A-Z][\w.’'-]*))* "
)
_PREPOSITION: Final = re.compile(
    r"\b(?:of|to|in|from|with|for|at|by|on|against|about|near|between|over|under|than|like)(?: (?:the|president|leader|[A-Z][\w.’'-]*))* \Z"
)
_REACH: Final = 60
_AND: Final = re.compile(r",? and (?:the )?(?:[A-Z][\w.]* )*")
_BY: Final = re.compile(r" by(?: (?:the|[A-Z][\w.’'-]*|president|leader))* ")
_BE: Final = re.compile(r"\b(?:is|are|was|were|be|been|being)(?: \w+ly)? \Z", re.IGNORECASE)
_NOT: Final = re.compile(r"\b(?:not|never|refuse[sd] to|no longer)\b|n['’]t\b", re.IGNORECASE)
_TO_COME: Final = re.compile(
    r"\A to\b|\b(?:will|would|may|might|could|should|must|(?:plans|wants|going|expected|due|ready|refuse[sd]|is|are) to)\b|won['’]t\b",
    re.IGNORECASE,
)
_PAST: Final = re.compile(
    r"ed\b|\b(?:met|held|spoke|flew|slapped|did|had)\b|\bdidn['’]t", re.IGNORECASE
)
_MIGHT_HAVE: Final = re.compile(
    r"\b(?:would|could|might|should|may|must)(?: not|n['’]t)? have\b", re.IGNORECASE
)
_TO: Final = re.compile(r"\s+to\b")
_SUPPOSED: Final = re.compile(
    r"(?:\b(?:[Ii]f|[Uu]nless|[Ww]hether(?: or not)?|lest|should|[Ss]uppose|(?:[Nn]obody|[Nn]o one) \w+(?: that)?|(?:doubt|den[yi])\w* that)"
    r"|(?:\A|[.?!\n] |[“\"])(?:Should|Had|Will|Would|Could|Can|May|Might|Does|Did|Do|Has|Have|Is|Are|Was|Were))"
    r"(?: (?:the|then|president|leader|chairman|minister|[A-Z][\w.’'-]*))* \Z"
)
_OPENS: Final = re.compile(r"[.?!:;—] ?\Z|[“\"]\Z")
_PART_OF_A_NAME: Final = re.compile(r"(?P<opened>.*[.?!:;—“\"])?(?:the|[A-Z][\w.’'-]*)")
_LONGEST_PART: Final = 60
_OPENING: Final = re.compile("[“«]")
_CLOSING: Final = re.compile("[”»]")
_STRAIGHT: Final = re.compile('"')


class _Named(NamedTuple):
    start: int
    end: int
    id: str


def find_events(
    scans: Sequence[FieldScan],
    mentions: Sequence[Sequence[Mention]],
    countries: Sequence[Sequence[CountryMention]],
) -> tuple[Event, ...]:
    """The events, headline first, by where the verb stands. ``source`` and ``target`` are ids of actors, or countries' codes (PRK)."""
    return tuple(
        event
        for field in zip(scans, mentions, countries, strict=True)
        for event in _in_field(*field)
    )


def _in_field(
    scan: FieldScan, mentions: Sequence[Mention], countries: Sequence[CountryMention]
) -> Iterator[Event]:
    verbs = longest_spans(scan.of(NameKind.EVENT))
    named = sorted(_named(scan, mentions, countries)) if verbs else []
    starts, helpers = [one.start for one in named], _Helpers(scan.text.plain)
    for verb in verbs:
        at = _last_before(named, bisect_left(starts, verb.start), verb.start)
        if (
            at >= 0
            and helpers.lead(named[at].end, verb.start)
            and _is_said(scan.text, named[at], verb.start)
        ):
            following = bisect_left(starts, verb.end)
            after = _first_after(scan, named[following : following + 2])
            yield from _of_verb(scan, verb, named[at], after, named[at - 1] if at else None)


class _Helpers:
    """Follows the auxiliaries, adverbs and days behind a name: each is read once, however many verbs come after it."""

    def __init__(self, plain: str) -> None:
        self._plain: Final = plain
        self._end = self._reached = -1

    def lead(self, end: int, verb: int) -> bool:
        """Whether nothing else stands between the name that ends at ``end`` and ``verb``; verbs are asked for in order."""
        if end != self._end:
            self._end, self._reached = end, end + self._plain.startswith(",", end)
        while self._reached < verb - 1:
            helper = _HELPER.match(self._plain, self._reached)
            self._reached = helper.end() if helper else len(self._plain)
        return self._reached == verb - 1 and self._plain[verb - 1] == " "


def _is_said(text: NormalisedText, named: _Named, verb: int) -> bool:
    """Whether it is said to happen: the name is the clause's subject, under no condition, and not somebody who is asked to act."""
    plain = text.plain
    if _is_governed(plain, named) or _MIGHT_HAVE.search(plain, named.end, verb):
        return False
    if _SUPPOSED.search(plain, max(0, named.start - _REACH), named.start):
        return False
    return not _TO.match(plain, named.end) or _begins(text, named.start)


def _begins(text: NormalisedText, start: int) -> bool:
    """Whether a sentence or headline begins with the name, or with capitals and "the" before it: Trump to meet Kim."""
    plain, line = text.plain, text.lines.start(start)
    while start > line and not _OPENS.search(plain, max(line, start - 2), start):
        near = max(line, start - _LONGEST_PART)
        word = plain.rfind(" ", near, start - 1) + 1 or near
        part = (
            _PART_OF_A_NAME.fullmatch(plain, word, start - 1) if plain[start - 1] == " " else None
        )
        if part is None or part["opened"]:
            return part is not None
        start = word
    return True


def _is_governed(plain: str, named: _Named) -> bool:
    """Whether a preposition leads to the name, so that somebody else acts: the ambassador to Britain said."""
    return _PREPOSITION.search(plain, max(0, named.start - _REACH), named.start) is not None


def _last_before(named: Sequence[_Named], after: int, place: int) -> int:
    """Which of those before number ``after`` is the last that ends before the place; -1 if none does."""
    return next((at for at in range(after - 1, -1, -1) if named[at].end <= place), -1)


def _first_after(scan: FieldScan, after: Sequence[_Named]) -> _Named | None:
    """Who or what is named next; the one whose country stands before the title (North Korean leader Kim Jong Un)."""
    if (
        len(after) == 2
        and after[0].id.isupper()
        and _TO_WHOM.fullmatch(scan.text.plain, after[0].end, after[1].start)
    ):
        return after[1]
    return after[0] if after else None


def _named(
    scan: FieldScan, mentions: Sequence[Mention], countries: Sequence[CountryMention]
) -> Iterator[_Named]:
    """Actors and countries; a country inside an office's phrase is part of it."""
    actors = [_Named(one.start, one.end, one.actor) for one in mentions if one.actor]
    yield from actors
    taken = Mask(len(scan.text.plain), actors)
    for country in countries:
        if taken.is_free(country.start, country.end):
            yield _Named(country.start, country.end, country.iso3)


def _of_verb(
    scan: FieldScan, verb: CandidateSpan, before: _Named, after: _Named | None, other: _Named | None
) -> Iterator[Event]:
    plain = scan.text.plain
    if _BE.search(plain, before.end, verb.start):
        if after and _BY.fullmatch(plain, verb.end, after.start):
            yield _event(scan, verb, after, before, before.end)
    elif after and _TO_WHOM.fullmatch(plain, verb.end, after.start):
        yield _event(scan, verb, before, after, before.end)
    elif verb.names[0].owner in _WITHOUT_WHOM:
        yield _event(scan, verb, before, None, before.end)
    elif (
        verb.names[0].owner in _OF_BOTH
        and other
        and _AND.fullmatch(plain, other.end, before.start)
        and not _is_governed(plain, other)
    ):
        yield _event(scan, verb, other, before, before.end)


_WITHOUT_WHOM: Final = frozenset({"test"})
_OF_BOTH: Final = frozenset({"meet"})


def _event(
    scan: FieldScan, verb: CandidateSpan, source: _Named, target: _Named | None, from_: int
) -> Event:
    plain = scan.text.plain
    helpers, surface = plain[from_ : verb.start], plain[verb.start : verb.end]
    return Event(
        field=scan.field,
        start=verb.start,
        end=verb.end,
        surface=surface,
        event=verb.names[0].owner,
        source=source.id,
        target=target.id if target else None,
        tense=_tense(helpers, surface),
        negated=_NOT.search(helpers) is not None,
        quoted=_is_quoted(scan.text, verb.start),
    )


def _tense(helpers: str, surface: str) -> Tense:
    if _TO_COME.search(helpers):
        return "future"
    return "past" if _PAST.search(helpers + surface) else "present"


def _is_quoted(text: NormalisedText, place: int) -> bool:
    """Whether a quotation that opened in the paragraph is still open; straight marks open and close in turn."""
    paragraph = text.lines.start(place)
    opened, closed, straight = (
        text.breaks(marks).count(paragraph, place) for marks in (_OPENING, _CLOSING, _STRAIGHT)
    )
    return opened > closed or straight % 2 == 1
