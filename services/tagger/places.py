"""Whether a capital or a seat is only a place where it stands: in Hanoi, a flight to Seoul, TOKYO (AP) — …, the Pyongyang summit.

Everywhere else it acts or speaks for its government: Pyongyang said, a message to Seoul, between Washington and Beijing.
"""

import re
from typing import Final

from services.tagger.find import Found

_REACH: Final = 80
_IN: Final = re.compile(
    r"(?:(?:\A|[.!?\n]\s*)From |\b(?:in|near|at|inside|outside|around|across|through|throughout|via|downtown|central|outskirts of"
    r"|streets? of|city of|capital(?: city)?,?(?: of)?"
    r"|residents of|suburbs? of|mayor of|airport of|university of|(?:north|south|east|west) of|(?:miles|km|kilometers|kilometres) from|based in"
    r"|(?:re)?visit(?:s|ed|ing)?|leav(?:e|es|ing)|left|depart(?:s|ed|ing)?|reach(?:es|ed|ing)?|tour(?:s|ed|ing)?|enter(?:s|ed|ing)?"
    r"|fle[ed]s?|bound for|left for|leav(?:e|es|ing) for|depart(?:s|ed|ing)? for|head(?:s|ed|ing)? for|train for|plane for|flight for) (?:the )?)\Z",
    re.IGNORECASE,
)
_TO_OR_FROM: Final = re.compile(r"\b(?:to|from|into|toward|towards|back to|for|between) (?:the )?\Z", re.IGNORECASE)
_TRAVEL: Final = re.compile(
    r"\b(?:travel\w*|trips?|fl(?:y|ies|ew|own|ying|ights?)|visits?|visited|visiting|go|goes|going|went|gone|return(?:s|ed|ing)?|head(?:s|ed|ing)?"
    r"|arriv\w+|com(?:e|es|ing)|came|driv(?:e|es|ing)|drove|driven|journey\w*|sail\w*|trains?|planes?|jets?|delegat\w+|moved?|moving|depart\w*|leav(?:e|es|ing)|left"
    r"|escap\w+|tours?|toured|routes?|roads?|bound|way|stopover|transit\w*|dispatch\w*|sent|send|sends|sending|report(?:ed|ing)|speaking|miles"
    r"|ferry|rail\w*|bus|buses|convoy|motorcade|commut\w+|rush(?:ed|es|ing)?|summoned|recall(?:ed|s)?|invit\w+|welcom\w+)\b",
    re.IGNORECASE,
)
_CARRIED: Final = re.compile(
    r"\b(?:messages?|letters?|signals?|warnings?|offers?|proposals?|pressure|aid|notes?|demands?|appeals?|concessions?|words?|support|rice|oil|food|"
    r"loans?|exports?|cash|reply|response|gesture|outreach|overtures?|answer|questions?|calls?|ultimatum|weapons?|arms)\b",
    re.IGNORECASE,
)
_LEAD_STOP: Final = re.compile(r"[.!?;:\n]")
_AFTER: Final = re.compile(
    r"(?: (?:airport|streets?|hotels?|summit|meetings?|meeting's|embassy|subway|residents?|suburbs?|metro|university|zoo|stadium|"
    r"declaration|trip|visit|skyline|apartment|neighbou?rhood|time\b|stock|stocks|marathon|olympics|conference|bureau|correspondent)\b"
    r"|-(?:based|born|bound|area)\b|, (?:where|D\.?C\b)|,? D\.C\.)",
    re.IGNORECASE,
)
_DATELINE: Final = re.compile(
    r"(?:/[A-Z]{3,})*(?:, [A-Z][\w. ]{1,25}?)?(?:, (?:Jan|Feb|March|April|May|June|July|Aug|Sept?|Oct|Nov|Dec)\w*\.? \d{1,2})?(?:,? \d{4})?"
    r"(?: ?\([^()\n]{1,30}\))?,? ?(?:[—–]|--|-) ?"
)
_JOINED: Final = re.compile(r"(?:,|,? and|,? or|,? to|/|[-–])(?: the)? ?")


def is_place(plain: str, found: Found, before: tuple[int, bool] | None, regions: frozenset[str]) -> bool:
    """Whether the seat that is ``found`` is a place. ``before``: where the seat before it ends, and whether that was a place, too.

    ``regions``: names, as they are written, that make it a place when they follow a comma (Paris, Texas).
    """
    if before and _JOINED.fullmatch(plain, before[0], found.start):
        return before[1]
    lead = plain[max(0, found.start - _REACH) : found.start]
    if _AFTER.match(plain, found.end) or _IN.search(lead):
        return True
    return _is_dateline(plain, found) or _is_travelled(lead) or _is_of_region(plain, found, regions)


def _is_travelled(lead: str) -> bool:
    if not _TO_OR_FROM.search(lead):
        return False
    clause = _LEAD_STOP.split(lead)[-1]
    travel = [match.end() for match in _TRAVEL.finditer(clause)]
    return bool(travel) and not _CARRIED.search(clause, travel[-1])


def _is_dateline(plain: str, found: Found) -> bool:
    starts_line = not found.start or plain[found.start - 1] == "\n"
    return starts_line and _DATELINE.match(plain, found.end) is not None


def _is_of_region(plain: str, found: Found, regions: frozenset[str]) -> bool:
    if not plain.startswith(", ", found.end):
        return False
    words = plain[found.end + 2 : found.end + 32]
    return any(words.startswith(region) and not words[len(region) : len(region) + 1].isalpha() for region in regions)
