"""Find who did what to whom, where the words leave no doubt.

An event needs a known actor or country, a listed verb and its target in one clause. Between the
source and the verb only auxiliaries, adverbs and days may stand; between the verb and the target
only a title. "Was praised by" swaps the two, and "X and Y met" is both. In a question, under a
condition, or where somebody is asked to act, nothing is reported to happen. Anything less plain is
no event: precision before recall.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask
from services.tagger.scan.normalise import NormalisedText
from shared.messages.schemas import CountryMention, Event, Mention, Tense

_WITHOUT_TARGET: Final = frozenset({"test"})
_RECIPROCAL: Final = frozenset({"meet"})
_DAY: Final = r"(?:on|last|this|next|late|early) \w+day"
_HELPER: Final = re.compile(
    r" (?:who|which|has|have|had|is|are|was|were|been|be|will|would|may|might|could|can|should|must"
    r"|does|do|did|not|never|also|again|later|then|first|once|already|repeatedly|publicly"
    r"|reportedly|no|longer|to|going|plans|wants|expected|due|ready|refused|refuses"
    rf"|{_DAY}|\w+n['’]t),?(?= )",
    re.IGNORECASE,
)
_TO_TARGET: Final = re.compile(
    r"(?: (?:the|his|her|its|their|then|former|new|of|counterpart,?|president|leader|minister"
    r"|[A-Z][\w.’'-]*))* "
)
_PREPOSITION: Final = re.compile(
    r"\b(?:of|to|in|from|with|for|at|by|on|against|about|near|between|over|under|than|like)"
    r"(?: (?:the|president|leader|[A-Z][\w.’'-]*))* \Z"
)
_REACH: Final = 60
_AND: Final = re.compile(r",? and (?:the )?(?:[A-Z][\w.]* )*")
_BY: Final = re.compile(r" by(?: (?:the|[A-Z][\w.’'-]*|president|leader))* ")
_BE: Final = re.compile(r"\b(?:is|are|was|were|be|been|being)(?: \w+ly)? \Z", re.IGNORECASE)
_NOT: Final = re.compile(r"\b(?:not|never|refuse[sd] to|no longer)\b|n['’]t\b", re.IGNORECASE)
_FUTURE: Final = re.compile(
    r"\A to\b|\b(?:will|would|may|might|could|should|must"
    r"|(?:plans|wants|going|expected|due|ready|refuse[sd]|is|are) to)\b|won['’]t\b",
    re.IGNORECASE,
)
_PAST: Final = re.compile(
    r"ed\b|\b(?:met|held|spoke|flew|slapped|did|had)\b|\bdidn['’]t", re.IGNORECASE
)
_MIGHT_HAVE: Final = re.compile(
    r"\b(?:would|could|might|should|may|must)(?: not|n['’]t)? have\b", re.IGNORECASE
)
_TO: Final = re.compile(r"\s+to\b")
_HYPOTHETICAL: Final = re.compile(
    r"(?:\b(?:[Ii]f|[Uu]nless|[Ww]hether(?: or not)?|lest|should|[Ss]uppose"
    r"|(?:[Nn]obody|[Nn]o one) \w+(?: that)?|(?:doubt|den[yi])\w* that)"
    r"|(?:\A|[.?!\n] |[“\"])(?:Should|Had|Will|Would|Could|Can|May|Might|Does|Did|Do|Has|Have|Is"
    r"|Are|Was|Were))"
    r"(?: (?:the|then|president|leader|chairman|minister|[A-Z][\w.’'-]*))* \Z"
)
_CLAUSE_START: Final = re.compile(r"[.?!:;—] ?\Z|[“\"]\Z")
_NAME_WORD: Final = re.compile(r"(?P<opened>.*[.?!:;—“\"])?(?:the|[A-Z][\w.’'-]*)")
_LONGEST_WORD: Final = 60
_OPENING: Final = re.compile("[“«]")
_CLOSING: Final = re.compile("[”»]")
_STRAIGHT: Final = re.compile('"')


class _Participant(NamedTuple):
    """An actor or country that a field names."""

    start: int
    end: int
    id: str


def find_events(
    scans: Sequence[FieldScan],
    mentions: Sequence[Sequence[Mention]],
    countries: Sequence[Sequence[CountryMention]],
) -> tuple[Event, ...]:
    """Return the events, headline first, ordered by the position of the verb.

    ``source`` and ``target`` are ids of actors, or countries' codes (PRK).
    """
    fields = zip(scans, mentions, countries, strict=True)
    return tuple(event for field in fields for event in _field_events(*field))


def _field_events(
    scan: FieldScan, mentions: Sequence[Mention], countries: Sequence[CountryMention]
) -> Iterator[Event]:
    verbs = longest_spans(scan.spans(NameKind.EVENT))
    participants = sorted(_participants(scan, mentions, countries)) if verbs else []
    starts = [participant.start for participant in participants]
    helpers = _HelperWords(scan.text.plain)
    for verb in verbs:
        index = _last_before(participants, bisect_left(starts, verb.start), verb.start)
        if index < 0:
            continue
        subject = participants[index]
        if helpers.lead(subject.end, verb.start) and _is_asserted(scan.text, subject, verb.start):
            following = bisect_left(starts, verb.end)
            after = _first_after(scan, participants[following : following + 2])
            before = participants[index - 1] if index else None
            yield from _verb_events(scan, verb, subject, after, before)


class _HelperWords:
    """Follows the auxiliaries, adverbs and days after a name.

    Each is read once, however many verbs come after it.
    """

    def __init__(self, plain: str) -> None:
        self._plain: Final = plain
        self._end = self._reached = -1

    def lead(self, end: int, verb: int) -> bool:
        """Return whether nothing else is between the name ending at ``end`` and ``verb``.

        Verbs must be passed in order.
        """
        if end != self._end:
            self._end, self._reached = end, end + self._plain.startswith(",", end)
        while self._reached < verb - 1:
            helper = _HELPER.match(self._plain, self._reached)
            self._reached = helper.end() if helper else len(self._plain)
        return self._reached == verb - 1 and self._plain[verb - 1] == " "


def _is_asserted(text: NormalisedText, subject: _Participant, verb: int) -> bool:
    """Return whether the text says that it happens.

    The name is the clause's subject, under no condition, and is not asked to act.
    """
    plain = text.plain
    if _is_governed(plain, subject) or _MIGHT_HAVE.search(plain, subject.end, verb):
        return False
    if _HYPOTHETICAL.search(plain, max(0, subject.start - _REACH), subject.start):
        return False
    return not _TO.match(plain, subject.end) or _is_at_sentence_start(text, subject.start)


def _is_at_sentence_start(text: NormalisedText, start: int) -> bool:
    """Return whether a sentence or headline begins with the name: Trump to meet Kim.

    Capitalised words and "the" may come before it.
    """
    plain, line = text.plain, text.lines.start(start)
    while start > line and not _CLAUSE_START.search(plain, max(line, start - 2), start):
        near = max(line, start - _LONGEST_WORD)
        word = plain.rfind(" ", near, start - 1) + 1 or near
        match = _NAME_WORD.fullmatch(plain, word, start - 1) if plain[start - 1] == " " else None
        if match is None or match["opened"]:
            return match is not None
        start = word
    return True


def _is_governed(plain: str, subject: _Participant) -> bool:
    """Return whether a preposition governs the name, so that somebody else acts.

    Example: the ambassador to Britain said.
    """
    start = max(0, subject.start - _REACH)
    return _PREPOSITION.search(plain, start, subject.start) is not None


def _last_before(participants: Sequence[_Participant], count: int, position: int) -> int:
    """Return the last of the first ``count`` participants that ends by ``position``, or -1."""
    return next(
        (index for index in range(count - 1, -1, -1) if participants[index].end <= position), -1
    )


def _first_after(scan: FieldScan, following: Sequence[_Participant]) -> _Participant | None:
    """Return the next participant, without a country in a title (North Korean leader Kim)."""
    if (
        len(following) == 2
        and following[0].id.isupper()
        and _TO_TARGET.fullmatch(scan.text.plain, following[0].end, following[1].start)
    ):
        return following[1]
    return following[0] if following else None


def _participants(
    scan: FieldScan, mentions: Sequence[Mention], countries: Sequence[CountryMention]
) -> Iterator[_Participant]:
    """Yield actors and countries; a country inside an office's phrase is part of it."""
    actors = [
        _Participant(mention.start, mention.end, mention.actor)
        for mention in mentions
        if mention.actor
    ]
    yield from actors
    mask = Mask(len(scan.text.plain), actors)
    for country in countries:
        if mask.is_free(country.start, country.end):
            yield _Participant(country.start, country.end, country.iso3)


def _verb_events(
    scan: FieldScan,
    verb: CandidateSpan,
    subject: _Participant,
    after: _Participant | None,
    before: _Participant | None,
) -> Iterator[Event]:
    plain, verb_class = scan.text.plain, verb.names[0].owner
    if _BE.search(plain, subject.end, verb.start):
        if after and _BY.fullmatch(plain, verb.end, after.start):
            yield _event(scan, verb, after, subject, subject.end)
    elif after and _TO_TARGET.fullmatch(plain, verb.end, after.start):
        yield _event(scan, verb, subject, after, subject.end)
    elif verb_class in _WITHOUT_TARGET:
        yield _event(scan, verb, subject, None, subject.end)
    elif (
        verb_class in _RECIPROCAL
        and before
        and _AND.fullmatch(plain, before.end, subject.start)
        and not _is_governed(plain, before)
    ):
        yield _event(scan, verb, before, subject, subject.end)


def _event(
    scan: FieldScan,
    verb: CandidateSpan,
    source: _Participant,
    target: _Participant | None,
    helpers_start: int,
) -> Event:
    plain = scan.text.plain
    helpers, surface = plain[helpers_start : verb.start], plain[verb.start : verb.end]
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
        quoted=_is_in_quotation(scan.text, verb.start),
    )


def _tense(helpers: str, surface: str) -> Tense:
    if _FUTURE.search(helpers):
        return "future"
    return "past" if _PAST.search(helpers + surface) else "present"


def _is_in_quotation(text: NormalisedText, position: int) -> bool:
    """Return whether a quotation that opens in the paragraph is still open.

    Straight marks open and close in turn.
    """
    paragraph = text.lines.start(position)
    opened, closed, straight = (
        text.breaks(marks).count(paragraph, position) for marks in (_OPENING, _CLOSING, _STRAIGHT)
    )
    return opened > closed or straight % 2 == 1
