"""Resolve metonyms: whether a capital or seat is literally the place, or its government.

It is the place in "in Hanoi", "a flight to Seoul", "TOKYO (AP) — …" and "the Pyongyang summit".
Everywhere else it acts or speaks for its government: "Pyongyang said", "a message to Seoul",
"between Washington and Beijing".
"""

import re
from typing import Final

from services.tagger.scan.automaton import CandidateSpan

_REACH: Final = 80
_WORDS: Final = """
in near at inside outside around across through throughout via downtown central greater visit visits
visited visiting revisit leave leaves leaving left depart departs departed departing reach reaches
reached reaching tour tours toured touring enter enters entered entering flee flees fled capital
capital, east west north south eastern western northern southern
"""
_PAIRS: Final = """
outskirts of|street of|streets of|city of|capital of|capital city|capital city,|residents of|
suburb of|suburbs of|mayor of|airport of|university of|north of|south of|east of|west of|
northeast of|northwest of|southeast of|southwest of|cities like|cities as|miles from|km from|
kilometers from|kilometres from|bound for|left for|leave for|leaves for|leaving for|departed for|
departs for|headed for|heads for|heading for|train for|plane for|flight for
"""
_BEFORE: Final = frozenset(_WORDS.split()) | frozenset(pair.strip() for pair in _PAIRS.split("|"))
"""One word or two, directly before a place, without "the"."""
_TO_OR_FROM: Final = frozenset({"to", "from", "into", "toward", "towards", "for", "between"})
_TRAVEL: Final = re.compile(
    r"\b(?:travel\w*|trips?|fl(?:y|ies|ew|own|ying|ights?)|visits?|visited|visiting|go|goes|going"
    r"|went|gone|return(?:s|ed|ing)?|head(?:s|ed|ing)?|arriv\w+|com(?:e|es|ing)|came"
    r"|driv(?:e|es|ing)|drove|driven|journey\w*|sail\w*|trains?|planes?|jets?|delegat\w+|moved?"
    r"|moving|depart\w*|leav(?:e|es|ing)|left|escap\w+|tours?|toured|routes?|roads?|bound|way"
    r"|stopover|transit\w*|dispatch\w*|sent|send|sends|sending|report(?:ed|ing)|speaking|miles"
    r"|ferry|rail\w*|bus|buses|convoy|motorcade|commut\w+|phon(?:e|es|ed|ing)|telephoned"
    r"|rush(?:ed|es|ing)?|summoned|recall(?:ed|s)?|invit\w+|welcom\w+)\b",
    re.IGNORECASE,
)
_CARRIED: Final = re.compile(
    r"\b(?:messages?|letters?|signals?|warnings?|offers?|proposals?|pressure|aid|notes?|demands?"
    r"|appeals?|concessions?|words?|support|rice|oil|food|loans?|exports?|cash|reply|response"
    r"|gesture|outreach|overtures?|answer|questions?|calls?|ultimatum|weapons?|arms)\b",
    re.IGNORECASE,
)
_CLAUSE_END: Final = re.compile(r"[.!?;:\n]")
_MAY_CONTINUE: Final = frozenset(" -,")
_THE: Final = frozenset({"the", "The"})
_WORDS_REACH: Final = 40
_QUOTES: Final = "\"'“”‘’(["
_AFTER: Final = re.compile(
    r"(?: (?:airport|streets?|hotels?|summit|meetings?|meeting's|embassy|subway|residents?|suburbs?"
    r"|metro|university|zoo|stadium|declaration|trip|visit|skyline|apartment|neighbou?rhood|time\b"
    r"|stock|stocks|marathon|olympics|fashion|conference|bureau|correspondent)\b"
    r"|-(?:based|born|bound|area)\b"
    r"|-[A-Z]\w+(?: \([^()\n]*\))? (?:highway|motorway|road|railway|railroad|line|route|train"
    r"|flight|corridor)\b|, (?:where|D\.?C\b)|,? D\.C\.)",
    re.IGNORECASE,
)
_TOWN_BEFORE: Final = re.compile(r"[A-Z]\w+, \Z")
_ENDS_A_PLACE: Final = frozenset(",;.)\n")
_STATE: Final = "Washington"
_PREPOSITIONS_ABROAD: Final = frozenset({"de", "del", "di", "da", "do"})
_SPORTS: Final = re.compile(
    r"\b(?:scored|playoffs?|quarterback|touchdowns?|striker|midfielder|goalkeeper|innings|wickets?"
    r"|Premier League|Champions League|Europa League|NFL|NBA|NHL|MLB|home runs?|pitcher|shutout"
    r"|power play|rushing yards|rebounds|relegat\w+|hat-trick|penalty shoot-?out)\b"
)
_SPORTS_REACH: Final = 80
_DATELINE: Final = re.compile(
    r"(?:/[A-Z]{3,})*(?:, [A-Z][\w. ]{1,25}?)?"
    r"(?:, (?:Jan|Feb|March|April|May|June|July|Aug|Sept?|Oct|Nov|Dec)\w*\.? \d{1,2})?(?:,? \d{4})?"
    r"(?: ?\([^()\n]{1,30}\))?,? ?(?:[—–]|--|-) ?"
)
_DATELINE_IN_CAPITALS: Final = re.compile(r"[A-Z][A-Z ]+: ")
_JOINT: Final = re.compile(r"(?:,|,? and|,? or|,? to|/|[-–])(?: the)? ?")


def is_literal_place(
    plain: str,
    span: CandidateSpan,
    previous: tuple[int, bool] | None,
    regions: tuple[str, ...],
) -> bool:
    """Return whether the metonym is literally the place.

    ``previous``: where the metonym before it ends, and whether that was a place too.
    ``regions``: names, as written, that make it a place after a comma (Paris, Texas).
    """
    if previous and _JOINT.fullmatch(plain, previous[0], span.start):
        return previous[1]
    if plain[span.end : span.end + 1] in _MAY_CONTINUE and _AFTER.match(plain, span.end):
        return True
    return (
        _is_after_place_words(plain, span.start)
        or _is_dateline(plain, span)
        or _is_before_region(plain, span, regions)
        or _is_washington_state(plain, span)
        or _is_team(plain, span)
    )


def _is_after_place_words(plain: str, start: int) -> bool:
    """Return whether the words before, without "the", introduce a place."""
    words = plain[max(0, start - _WORDS_REACH) : start].split()[-3:]
    if words and words[-1] in _THE:
        words.pop()
    last = words[-1].strip(_QUOTES).lower() if words else ""
    if words and words[-1] in _PREPOSITIONS_ABROAD:  # Camino de Santiago
        return True
    if (
        last in _BEFORE
        or (len(words) > 1 and f"{words[-2].lower()} {last}" in _BEFORE)
        or words[-1:] == ["From"]
    ):
        return True
    return last in _TO_OR_FROM and _is_destination(plain, start)


def _is_destination(plain: str, start: int) -> bool:
    """Return whether somebody goes there in the clause before; messages and goods do not count."""
    clause = _CLAUSE_END.split(plain[max(0, start - _REACH) : start])[-1]
    travel = [match.end() for match in _TRAVEL.finditer(clause)]
    return bool(travel) and not _CARRIED.search(clause, travel[-1])


def _is_dateline(plain: str, span: CandidateSpan) -> bool:
    if span.start and plain[span.start - 1] != "\n":
        return False
    match = _DATELINE.match(plain, span.end) or _DATELINE_IN_CAPITALS.match(plain, span.start)
    return match is not None


def _is_before_region(plain: str, span: CandidateSpan, regions: tuple[str, ...]) -> bool:
    if not plain.startswith(", ", span.end):
        return False
    words = plain[span.end + 2 : span.end + 32]
    return words.startswith(regions) and any(
        words.startswith(region) and not words[len(region) : len(region) + 1].isalpha()
        for region in regions
    )


def _is_washington_state(plain: str, span: CandidateSpan) -> bool:
    """Return whether it is the state of Washington, after one of its towns."""
    surface, following = plain[span.start : span.end], plain[span.end : span.end + 1]
    if surface != _STATE or following not in _ENDS_A_PLACE:
        return False
    return _TOWN_BEFORE.search(plain, max(0, span.start - _WORDS_REACH), span.start) is not None


def _is_team(plain: str, span: CandidateSpan) -> bool:
    """Return whether the words around are a sports report's, where a city is its team."""
    start, end = max(0, span.start - _SPORTS_REACH), span.end + _SPORTS_REACH
    return _SPORTS.search(plain, start, end) is not None
