"""Patterns of sentences that report who takes or leaves an office, in English.

They are matched against a sentence in which each person, office and country is one character, so
that a pattern reads like the sentence: ``P was sworn in as O``.
"""

import re
from typing import Final

PERSON: Final = "\ue000"
OFFICE: Final = "\ue001"
COUNTRY: Final = "\ue002"

_P, _O, _C = PERSON, OFFICE, COUNTRY
_DETERMINERS: Final = (
    r"(?:(?:the|a|an|its|his|her|their|new|next|acting|interim|caretaker|permanent|full-time|first"
    r"|second|third|fourth|\d{1,3}(?:st|nd|rd|th)|ever|female|woman|youngest|country['’]s"
    rf"|nation['’]s|{_C}(?:['’]s?)?) ){{0,8}}"
)
_ADVERB: Final = (
    r"(?: (?:formally|officially|abruptly|suddenly|unexpectedly|unanimously|narrowly|also|later"
    r"|finally|quietly|then|now|today))?"
)
_ASIDE: Final = rf"(?:,[^,;{_P}{_O}]{{1,60}}(?P<aside>{_O})?[^,;{_P}{_O}]{{0,30}},| who|, who)?"
_PERSON: Final = rf"(?:(?P<title>{_O}) )?(?P<person>{_P})"
_SUBJECT: Final = _PERSON + _ASIDE
_HOLDER: Final = rf"(?:{_SUBJECT}|(?P<office>{_O}))"
_PREDECESSOR: Final = rf"(?:(?P<title_before>{_O}) )?(?P<predecessor>{_P})"
_HAVE: Final = r"(?: has| have| had)?"
_BEEN: Final = rf"(?:{_HAVE} been| was| were| is| got)"
_PASSIVE: Final = rf"{_BEEN}?"
_WORDS: Final = rf"(?: [^,;:{_P}{_O}{_C}]{{1,40}}?)?"
_OBJECT: Final = rf"(?P<object>{_O})(?!['’-]| of\b)"
_AS_OFFICE: Final = (
    rf"(?: (?:as|to be|to become|to|to the (?:post|office|job) of))? {_DETERMINERS}{_OBJECT}"
)
_FROM_OFFICE: Final = (
    rf"(?:{_WORDS} (?:as|from (?:the|his|her) (?:post|job|role) (?:as|of))"
    rf" {_DETERMINERS}{_OBJECT})?"
)
_END_OF_CLAUSE: Final = (
    r"(?=[.,;:]|$| (?:as|on|after|amid|over|in|following|and|because|late|early|today"
    r"|yesterday|at|hours|days|just|when|while)\b)"
)
_END_OF_HEADLINE: Final = r"(?=[.,;:]|$| (?:as|after|amid|over|from)\b)"

_INSTALLED: Final = (
    r"(?:re-?)?(?:sworn in|inaugurated|installed|appointed|named|elected|confirmed"
    r"|promoted)"
)
_INSTALLS: Final = (
    r"(?:appoint(?:s|ed)|nam(?:es|ed)|elect(?:s|ed)|install(?:s|ed)|swore in|swears in"
    r"|confirm(?:s|ed))"
)
_BECOMES: Final = (
    r"(?:becomes?|became|(?:took|takes|taken) over as|(?:took|takes) office as"
    r"|assumed (?:the )?(?:office|post|role|job) (?:of|as)|took the oath(?: of office)? as"
    r"|returns? as|returned as)"
)
_LEAVES: Final = (
    r"(?:resigned|resigns|stepped down|steps down|stood down|stands down|bowed out|quit|quits"
    r"|left office|leaves office"
    r"|(?:handed in|submitted|tendered) (?:his|her) resignation(?: to the \w+)?"
    r"|died|dies)"
    r"(?: from (?:office|(?:the|his|her) (?:post|job|role|cabinet|government)))?"
)
_REMOVED: Final = (
    r"(?:sacked|fired|dismissed|removed|ousted|deposed|toppled|forced out|voted out"
    r"|relieved of (?:his|her) (?:duties|post))"
)
_REMOVES: Final = r"(?:sacks|sacked|fires|fired|dismisses|dismissed|ousts|ousted|removes|removed)"

STARTS: Final = (
    # P was sworn in as O; P named O
    re.compile(rf"{_SUBJECT}{_PASSIVE}{_ADVERB} {_INSTALLED}{_WORDS}{_AS_OFFICE}"),
    # P became O; P took office as O
    re.compile(rf"{_SUBJECT}{_HAVE}{_ADVERB} {_BECOMES} {_DETERMINERS}{_OBJECT}"),
    # O P was sworn in; the new O, P, took office
    re.compile(
        rf"{_OBJECT},? (?P<person>{_P}),?"
        rf"(?:{_PASSIVE}{_ADVERB} (?:sworn in|inaugurated)|{_HAVE} (?:took|taken|takes) office)"
        r"(?! (?:as|to)\b)"
    ),
    # … appointed P as O
    re.compile(rf" {_INSTALLS} {_PERSON}(?:,[^,;{_P}{_O}]{{1,60}},)?{_AS_OFFICE}"),
    # P succeeded P; P replaces P as O
    re.compile(
        rf"{_SUBJECT}{_HAVE}{_ADVERB} (?:succeed(?:s|ed)|replac(?:es|ed)) {_PREDECESSOR}"
        rf"(?:{_WORDS} as {_DETERMINERS}{_OBJECT})?"
    ),
    # P was replaced by P as O
    re.compile(
        rf"{_PREDECESSOR}{_PASSIVE}{_ADVERB} (?:succeeded|replaced) by {_PERSON}"
        rf"(?:{_WORDS} as {_DETERMINERS}{_OBJECT})?"
    ),
    # P was replaced as O by P
    re.compile(
        rf"{_PREDECESSOR}{_PASSIVE}{_ADVERB} (?:succeeded|replaced) as {_DETERMINERS}{_OBJECT}"
        rf" by {_PERSON}"
    ),
)
"""Groups: ``person``, ``object`` (the office) or ``predecessor``, with ``title`` before a name."""
ENDS: Final = (
    # P resigned; O stepped down as O
    re.compile(rf"{_HOLDER}{_HAVE}{_ADVERB} {_LEAVES}{_END_OF_CLAUSE}{_FROM_OFFICE}"),
    # P was sacked as O
    re.compile(
        rf"{_HOLDER}{_BEEN}{_ADVERB} {_REMOVED}(?! {_DETERMINERS}(?:{_P}|{_O})){_FROM_OFFICE}"
    ),
    # a headline: O sacked after row
    re.compile(rf"^\s*(?:{_C}(?:['’]s?)? )?{_HOLDER} {_REMOVED}{_END_OF_HEADLINE}{_FROM_OFFICE}"),
    # … sacked P; … dismissed its O
    re.compile(
        rf" {_REMOVES} {_DETERMINERS}"
        rf"(?:{_PERSON}(?:{_WORDS} as {_DETERMINERS}{_OBJECT})?|(?P<office>{_O}))"
    ),
)
"""Groups: ``person`` or ``office`` (the holder is named by the office), ``object``, ``title``."""
NOT_REPORTED: Final = re.compile(
    r"\b(?:if|unless|whether|den(?:y|ies|ied|ying)|rumou?rs?|speculation|false|fake|not|never|had"
    r"|until|would|could|might|should|called? for|demand(?:s|ed)?)\b[^,;]*$",
    re.IGNORECASE,
)
"""Before the person: what follows is no report that it happened."""
FUTURE: Final = re.compile(
    r"\b(?:next (?:week|month|year|spring|summer|autumn|fall|winter|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday)|tomorrow|later this (?:week|month|year)|in the coming"
    r"|nomin\w+|subject to (?:approval|confirmation))\b",
    re.IGNORECASE,
)
"""Anywhere in the sentence: it is about what is to come."""
