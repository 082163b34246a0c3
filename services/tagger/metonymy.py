"""Whether a capital or a seat is only a place where it stands: in Hanoi, a flight to Seoul, TOKYO (AP) — …, the Pyongyang summit.

Everywhere else it acts or speaks for its government: Pyongyang said, a message to Seoul, between Washington and Beijing.
"""

import re
from typing import Final

from services.tagger.scan.automaton import CandidateSpan

_REACH: Final = 80
_WORDS: Final = """
in near at inside outside around across through throughout via downtown central greater visit visits visited visiting revisit leave leaves leaving
left depart departs departed departing reach reaches reached reaching tour tours toured touring enter enters entered entering flee flees fled
capital capital, east west north south eastern western northern southern
"""
_PAIRS: Final = """
outskirts of|street of|streets of|city of|capital of|capital city|capital city,|residents of|suburb of|suburbs of|mayor of|airport of|university of|
north of|south of|east of|west of|northeast of|northwest of|southeast of|southwest of|
cities like|cities as|miles from|km from|kilometers from|kilometres from|bound for|left for|leave for|leaves for|leaving for|
departed for|departs for|headed for|heads for|heading for|train for|plane for|flight for
"""
_BEFORE: Final = frozenset(_WORDS.split()) | frozenset(pair.strip() for pair in _PAIRS.split("|"))
"""One word or two, directly before a place, without "the"."""
_TO_OR_FROM: Final = frozenset({"to", "from", "into", "toward", "towards", "for", "between"})
_TRAVEL: Final = re.compile(
    r"\b(?:travel\w*|trips?|fl(?:y|ies|ew|own|ying|ights?)|visits?|visited|visiting|go|goes|going|went|gone|return(?:s|ed|ing)?|head(?:s|ed|ing)?"
    r"|arriv\w+|com(?:e|es|ing)|came|driv(?:e|es|ing)|drove|driven|journey\w*|sail\w*|trains?|planes?|jets?|delegat\w+|moved?|moving|depart\w*|leav(?:e|es|ing)|left"
    r"|escap\w+|tours?|toured|routes?|roads?|bound|way|stopover|transit\w*|dispatch\w*|sent|send|sends|sending|report(?:ed|ing)|speaking|miles"
    r"|ferry|rail\w*|bus|buses|convoy|motorcade|commut\w+|phon(?:e|es|ed|ing)|telephoned|rush(?:ed|es|ing)?|summoned|recall(?:ed|s)?|invit\w+|welcom\w+)\b",
    re.IGNORECASE,
)
_CARRIED: Final = re.compile(
    r"\b(?:messages?|letters?|signals?|warnings?|offers?|proposals?|pressure|aid|notes?|demands?|appeals?|concessions?|words?|support|rice|oil|food|"
    r"loans?|exports?|cash|reply|response|gesture|outreach|overtures?|answer|questions?|calls?|ultimatum|weapons?|arms)\b",
    re.IGNORECASE,
)
_LEAD_STOP: Final = re.compile(r"[.!?;:\n]")
_MAY_GO_ON: Final = frozenset(" -,")
_THE: Final = frozenset({"the", "The"})
_WORDS_REACH: Final = 40
_QUOTES: Final = "\"'“”‘’(["
_AFTER: Final = re.compile(
    r"(?: (?:airport|streets?|hotels?|summit|meetings?|meeting's|embassy|subway|residents?|suburbs?|metro|university|zoo|stadium|"
    r"declaration|trip|visit|skyline|apartment|neighbou?rhood|time\b|stock|stocks|marathon|olympics|fashion|conference|bureau|correspondent)\b"
    r"|-(?:based|born|bound|area)\b"
    r"|-[A-Z]\w+(?: \([^()\n]*\))? (?:highway|motorway|road|railway|railroad|line|route|train|flight|corridor)\b|, (?:where|D\.?C\b)|,? D\.C\.)",
    re.IGNORECASE,
)
_A_TOWN: Final = re.compile(r"[A-Z]\w+, \Z")
_ENDS_A_PLACE: Final = frozenset(",;.)\n")
_STATE: Final = "Washington"
_ABROAD: Final = frozenset({"de", "del", "di", "da", "do"})
_SPORTS: Final = re.compile(
    r"\b(?:scored|playoffs?|quarterback|touchdowns?|striker|midfielder|goalkeeper|innings|wickets?|Premier League|Champions League|Europa League"
    r"|NFL|NBA|NHL|MLB|home runs?|pitcher|shutout|power play|rushing yards|rebounds|relegat\w+|hat-trick|penalty shoot-?out)\b"
)
_SPORTS_REACH: Final = 80
_DATELINE: Final = re.compile(
    r"(?:/[A-Z]{3,})*(?:, [A-Z][\w. ]{1,25}?)?(?:, (?:Jan|Feb|March|April|May|June|July|Aug|Sept?|Oct|Nov|Dec)\w*\.? \d{1,2})?(?:,? \d{4})?"
    r"(?: ?\([^()\n]{1,30}\))?,? ?(?:[—–]|--|-) ?"
)
_DATELINE_IN_CAPITALS: Final = re.compile(r"[A-Z][A-Z ]+: ")
_JOINED: Final = re.compile(r"(?:,|,? and|,? or|,? to|/|[-–])(?: the)? ?")


def is_literal_place(
    plain: str, found: CandidateSpan, before: tuple[int, bool] | None, regions: frozenset[str]
) -> bool:
    """Whether the seat that is ``found`` is a place. ``before``: where the seat before it ends, and whether that was a place, too.

    ``regions``: names, as they are written, that make it a place when they follow a comma (Paris, Texas).
    """
    if before and _JOINED.fullmatch(plain, before[0], found.start):
        return before[1]
    if plain[found.end : found.end + 1] in _MAY_GO_ON and _AFTER.match(plain, found.end):
        return True
    return (
        _is_before_a_place(plain, found.start)
        or _is_dateline(plain, found)
        or _is_of_region(plain, found, regions)
        or _is_the_state(plain, found)
        or _is_a_team(plain, found)
    )


def _is_before_a_place(plain: str, start: int) -> bool:
    """Whether the words before, without "the", lead to a place."""
    words = plain[max(0, start - _WORDS_REACH) : start].split()[-3:]
    if words and words[-1] in _THE:
        words.pop()
    last = words[-1].strip(_QUOTES).lower() if words else ""
    if words and words[-1] in _ABROAD:  # Camino de Santiago
        return True
    if (
        last in _BEFORE
        or (len(words) > 1 and f"{words[-2].lower()} {last}" in _BEFORE)
        or words[-1:] == ["From"]
    ):
        return True
    return last in _TO_OR_FROM and _is_travelled(plain, start)


def _is_travelled(plain: str, start: int) -> bool:
    """Whether somebody goes there, in the clause before; what is sent there are words or goods."""
    clause = _LEAD_STOP.split(plain[max(0, start - _REACH) : start])[-1]
    travel = [match.end() for match in _TRAVEL.finditer(clause)]
    return bool(travel) and not _CARRIED.search(clause, travel[-1])


def _is_dateline(plain: str, found: CandidateSpan) -> bool:
    starts_line = not found.start or plain[found.start - 1] == "\n"
    return (
        starts_line
        and (_DATELINE.match(plain, found.end) or _DATELINE_IN_CAPITALS.match(plain, found.start))
        is not None
    )


def _is_of_region(plain: str, found: CandidateSpan, regions: frozenset[str]) -> bool:
    if not plain.startswith(", ", found.end):
        return False
    words = plain[found.end + 2 : found.end + 32]
    return any(
        words.startswith(region) and not words[len(region) : len(region) + 1].isalpha()
        for region in regions
    )


def _is_the_state(plain: str, found: CandidateSpan) -> bool:
    """Whether it is the state of Washington, after a town of it."""
    if (
        plain[found.start : found.end] != _STATE
        or plain[found.end : found.end + 1] not in _ENDS_A_PLACE
    ):
        return False
    return _A_TOWN.search(plain, max(0, found.start - _WORDS_REACH), found.start) is not None


def _is_a_team(plain: str, found: CandidateSpan) -> bool:
    """Whether the words around are a sports report's, where a city is its team."""
    return (
        _SPORTS.search(plain, max(0, found.start - _SPORTS_REACH), found.end + _SPORTS_REACH)
        is not None
    )
