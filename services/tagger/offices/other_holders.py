"""Whether the words around an office make it another person than its holder on the date.

It is another person after "former", "deputy" and the like, before "-elect" and "-to-be"; where the
office describes somebody else who is named beside it; after "a", "any" or "the 39th" (whoever holds
it); where it is a role to take, give or leave ("as secretary of state", "nominee for"), unless the
same sentence names the holder; and where other words speak of another time ("at the time", "in
2015", "under Obama").
"""

import re
from bisect import bisect_left
from datetime import date, timedelta
from operator import attrgetter
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.context import OfficeContext, OfficePhrase
from services.tagger.offices.phrases import EDGE
from services.tagger.offices.terms import is_in_office, listed_terms_on
from services.tagger.scan.candidate_spans import FieldScan

_ANY_HOLDER: Final = frozenset(
    {
        "a", "an", "any", "no", "every", "each", "another", "many", "some", "most", "few",
        "several",
    }
)  # fmt: skip
_NTH_HOLDER: Final = frozenset({"first", "second", "third", "fourth", "fifth", "last", "only"})
"""Of several holders one, who is that of the day only if the sentence names him."""
_NUMBERED: Final = re.compile(
    r"\b(?:\d{1,3}(?:st|nd|rd|th)|(?:19|20)\d0s|one-time) $", re.IGNORECASE
)
_NUMBERED_REACH: Final = 9
_FOR: Final = re.compile(r" for (?:the )?([^\W\d_])")
_MODIFIERS: Final = frozenset(
    {
        "appointed", "beleaguered", "caretaker", "conservative", "current", "departing",
        "embattled", "female", "hawkish", "impeached", "incumbent", "interim", "liberal",
        "longtime", "new", "newly", "outgoing", "popular", "powerful", "serving", "sitting", "term",
        "three", "two", "veteran",
    }
)  # fmt: skip
"""Words before an office that leave it the office; "two-term" is two words."""
_MOST_MODIFIERS: Final = 3
_ROLE: Final = re.compile(
    r"(?:\b(?:(?:as|be|being|been|becom(?:e|es|ing)|became"
    r"|named|nominated?|(?<!newly )(?<!newly-)appoint(?:ed)?|elected|confirmed"
    r"|(?:post|job|role|position|title|office|nominee|nomination|candidate|candidacy|bid|pick"
    r"|choice|run|runs|ran|running|race|contest|contender|front-?runner|hopeful|campaign(?:ed|ing)?"
    r"|vy?ing|vied?) (?:of|for))"
    r" (?:(?:the|his|her|its|their) )?"
    r"|(?:is|was|were|remain(?:s|ed)?) (?:(?:also|briefly|once|still|then) )?"
    r"|(?:(?:he|she|who) (?:was|had been) |(?:was|were) then )"
    r"(?:(?:also|briefly|once|still|then|previously) )?the ))$",
    re.IGNORECASE,
)
_ROLE_REACH: Final = 40
_OTHER_TIME: Final = re.compile(
    r",? (?:(?:at (?:the|that) time|back then)\b"
    r"|(?:from|between) (?:19|20)\d\d (?:to|and|until|through)\b"
    r"|(?:from|in|until) (?P<year>(?:19|20)\d\d)\b(?!-)"
    r"|(?:from|in|during|of) the (?:early |mid-?|late )?(?:19|20)\d0s\b"
    r"|(?P<rule>(?:under|during|in) (?:the )?"
    r"(?:(?:former |then[ -])?(?:president|prime minister|chancellor) )?))",
    re.IGNORECASE,
)
_RELATIVE_CLAUSE: Final = re.compile(
    r",? who (?:\w+ )?(?:died|ruled|governed|reigned|served|resigned|left office|stepped down"
    r"|was (?:ousted|deposed|toppled|assassinated|killed|shot|impeached|jailed|executed))\b"
    r"[^.;\n]{0,40}?\b(?P<year>(?:19|20)\d\d)\b"
)
_MONTH: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_NUMBERS: Final = {
    "a": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70,
}  # fmt: skip
_FRONTED: Final = re.compile(
    r"[\"“'‘(]?(?:(?:And|But|Back|Early|Late|Only) )?"
    rf"(?:in (?:early |mid-?|late )?(?:the (?:early |mid-?|late )?)?(?:{_MONTH} )?"
    r"(?P<year>(?:19|20)\d\d)(?P<decade>s)?\b"
    rf"|(?:on )?{_MONTH} \d\d?, (?P<day_year>(?:19|20)\d\d)\b"
    rf"|(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)}) (?P<unit>year|decade)s? (?:ago|earlier)\b)",
    re.IGNORECASE,
)
"""A time at the start of a sentence: In June 2000, … Ten years ago …"""
_BEFORE_APPOSITION: Final = re.compile(r", (?P<the>the )?$")
_NAME_AFTER: Final = re.compile(r", (?P<name>[A-Z][\w'’-]+(?: [A-Z][\w.'’-]*){1,3}),")
_FULL_NAME_BEFORE: Final = re.compile(r"[A-Z][\w'’-]+ [A-Z][\w'’-]+$")
_NAME_REACH: Final = 60


def before_modifiers(scan: FieldScan, start: int) -> int:
    """Return where the words that leave an office the office begin, if there are any."""
    for _ in range(_MOST_MODIFIERS):
        word = scan.word_before(start)
        if word is None or word.text.lower() not in _MODIFIERS:
            break
        start = word.start
    return start


def is_other_person(phrase: OfficePhrase, context: OfficeContext, gazetteer: Gazetteer) -> bool:
    """Return whether the words directly around make it another person than the holder."""
    scan = context.scan
    plain = scan.text.plain
    first = before_modifiers(scan, phrase.start)
    before = scan.word_before(first)
    after = scan.word_after(phrase.end)
    edge = EDGE.search(plain, max(0, phrase.start - 3), phrase.start)
    narrower = _FOR.match(plain, phrase.end)
    return (
        (
            before is not None
            and (
                before.text.lower() in _ANY_HOLDER
                or before.text.lower() in gazetteer.not_the_holder
            )
        )
        or _NUMBERED.search(plain, max(0, first - _NUMBERED_REACH), first) is not None
        or plain[phrase.end : phrase.end + 1] == "-"
        or (after is not None and after.text.lower() in gazetteer.guards.not_yet_the_holder)
        or (edge is not None and edge.start() in context.other_body_ends)
        or (narrower is not None and narrower[1].isupper())
    )


def is_other_time(
    phrase: OfficePhrase, context: OfficeContext, day: date, gazetteer: Gazetteer
) -> bool:
    """Return whether the words after the office, or before the sentence, speak of another time."""
    plain = context.scan.text.plain
    match = _OTHER_TIME.match(plain, phrase.end)
    if match is None:
        return _is_before_the_term(phrase, context, day, gazetteer)
    if match["year"]:
        return int(match["year"]) != day.year
    if match["rule"]:
        ruler = context.person_starts.get(match.end())
        if ruler is None:
            return match.end() in context.surname_starts and not _is_month(plain, match.end())
        return not is_in_office(ruler, day, gazetteer)
    return True


def _is_month(plain: str, start: int) -> bool:
    return plain.startswith(("May", "March", "April", "June", "August"), start)


def _is_before_the_term(
    phrase: OfficePhrase, context: OfficeContext, day: date, gazetteer: Gazetteer
) -> bool:
    """Return whether the sentence is about a year before the holder of the day took office.

    Or about one who left in an earlier year: the North Korean leader who died in 2011.
    """
    plain, sentences = context.scan.text.plain, context.scan.sentences
    if clause := _RELATIVE_CLAUSE.match(plain, phrase.end):
        return int(clause["year"]) < day.year
    fronted = _FRONTED.match(plain, sentences.around(phrase.start, phrase.end).start)
    if fronted is None:
        return False
    terms = listed_terms_on(gazetteer.offices[phrase.office], day)
    return bool(terms) and _fronted_year(fronted, day) < min(term.start.year for term in terms)


def _fronted_year(match: re.Match[str], day: date) -> int:
    if number := match["number"]:
        count = int(number) if number.isdigit() else _NUMBERS[number.lower()]
        return day.year - count * (10 if match["unit"].lower() == "decade" else 1)
    year = int(match["year"] or match["day_year"])
    return year + 9 if match["decade"] else year


def is_role(phrase: OfficePhrase, context: OfficeContext, holder: str | None) -> bool:
    """Return whether the office is a role and the sentence does not name its holder.

    Examples: sworn in as secretary of state; the first U.S. president to say so.
    """
    scan = context.scan
    start = max(0, phrase.start - _ROLE_REACH)
    before = scan.word_before(before_modifiers(scan, phrase.start))
    is_nth = before is not None and before.text.lower() in _NTH_HOLDER
    if not is_nth and not _ROLE.search(scan.text.plain, start, phrase.start):
        return False
    people = context.people.get(holder, ()) if holder else ()
    after = bisect_left(people, phrase.end, key=attrgetter("start"))
    nearest = people[max(0, after - 1) : after + 1]
    return all(
        scan.sentences.is_divided(min(mention.end, phrase.end), max(mention.start, phrase.start))
        for mention in nearest
    )


def describes_somebody_else(
    phrase: OfficePhrase,
    context: OfficeContext,
    holder: str | None,
    day: date,
    gazetteer: Gazetteer,
) -> bool:
    """Return whether the office describes a person beside it who is not the holder.

    Examples: Kim Jong Il, the North Korean leader; the South Korean president, Kim Dae-jung, flew
    home; Colin Powell, secretary of state. Not: in a call with Abe, the South Korean president said
    so; that is another person only if the office cannot be Abe's.
    """
    plain = context.scan.text.plain
    reach = plain[max(0, phrase.start - 6) : phrase.end + 1]
    if holder is None or "," not in reach:
        return False
    before = _BEFORE_APPOSITION.search(plain, max(0, phrase.start - 6), phrase.start)
    if before:
        person = context.person_ends.get(before.start())
        if person:
            return person != holder and _was_holder(person, phrase.office, day, gazetteer)
        if not before["the"] and _is_unknown_name_before(before.start(), context):
            return True
    after = _NAME_AFTER.match(plain, phrase.end, phrase.end + _NAME_REACH)
    if after is None:
        return False
    start = after.start("name")
    if start in context.person_starts:
        return context.person_starts[start] != holder
    return not context.scan.is_case_uninformative and context.scan.name_mask.is_free(
        start, after.end("name")
    )


def _was_holder(person: str, office: str, day: date, gazetteer: Gazetteer) -> bool:
    """Return whether a person has died, or held this office and does so no more."""
    actor = gazetteer.actors.get(person)
    return (actor is not None and actor.died is not None and actor.died < day) or any(
        term.holder == person and term.end is not None and term.end < day - timedelta(days=1)
        for term in gazetteer.offices[office].terms
    )


def _is_unknown_name_before(end: int, context: OfficeContext) -> bool:
    """Return whether a first and last name that are not listed end at ``end``."""
    scan = context.scan
    if scan.is_case_uninformative:
        return False
    name = _FULL_NAME_BEFORE.search(scan.text.plain, max(0, end - _NAME_REACH), end)
    return name is not None and scan.name_mask.is_free(name.start(), end)
