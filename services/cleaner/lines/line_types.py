"""What a single line of plain text is, by features that can be named: a sentence, a list item, or one of the kinds that are never body.

Vocabulary decides only about lines that look the part: a true paragraph may speak of subscriptions, newsletters or photographs.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from services.cleaner.lines import vocabulary
from services.cleaner.lines.wrapping import stretches
from services.cleaner.text.characters import fold, tokens, word_count

TEMPLATE: Final = "template"
ICONS: Final = "icon titles"
NAVIGATION: Final = "navigation"
CAPTION: Final = "caption"
COPYRIGHT: Final = "copyright"
SUBSCRIPTION: Final = "subscription"
FURNITURE: Final = "page furniture"

_TEMPLATE: Final = re.compile(r"\{\{|\}\}|\$\{\w|<%|%>|\{%|%\}|%[A-Z][A-Z_]{2,30}%")
_MARKUP_ONLY: Final = re.compile(r"(?:</?[a-z][a-z0-9]*(?:\s[^<>]{0,200})?/?>\s*)+")
_GLUED: Final = re.compile(r"[a-zß-ÿ][A-Z][a-z]")
_SEPARATORS: Final = re.compile(r"[|›]|\s[•·]\s")
_ENDS: Final = re.compile(r"[.!?…؟۔।។៕။。！？:][\"'”’»«)\]』」）]*(?:\s*\([^()]{1,40}\))?$")
_FULL_STOP: Final = re.compile(r"[.…۔।។៕။。][\"'”’»«)\]』」）]*$")
_END_CHARACTERS: Final = 64
"""A mark, quotes and a credit in brackets are no longer; a long line is not searched from its start."""
_BULLET: Final = re.compile(r"(?:[-*•‣▪◦–—·■►]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_PHOTO_CREDIT: Final = re.compile(
    r"(?:©|\([cC]\)\s)(?!\s*(?:19|20)\d\d)|\((?:[A-Z][\w ]{0,20} )?(?:Photo|Image|Foto|Picture)\b[^()]{0,80}\)$"
)
_CREDIT_LABEL: Final = re.compile(
    r"^(?:file |stock )?(?:photo|image|picture|foto|bild|photographie|사진|写真|图片)s?(?:\s+(?:by|credit|courtesy))?\s*[:：/]",
    re.IGNORECASE,
)
_COPYRIGHT: Final = re.compile(
    r"©|\([cC]\)\s*(?:19|20)\d\d|\bcopyright\b|\ball rights reserved\b|alle rechte vorbehalten|tous droits réservés",
    re.IGNORECASE,
)
_BYLINE: Final = re.compile(
    r"^(?i:by|von|par|por|di|door|от)\s+[^\W\d_a-z][^,.;:!?]{2,60}(?:,\s*[^.!?]{2,60})?$"
)
_TIME: Final = re.compile(
    r"(?:jan|feb|mar|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|published|updated|posted|last|modified|on|at|am|pm|um|uhr|stand|a?est|e[ds]t|gmt|utc"
    r"|veröffentlicht|aktualisiert|publié|mis|jour|le|publicado|actualizado|el|de|kl|hours?|minutes?|days?|ago|local|time|입력|수정|更新|公開|[年月日时分時년월일시분]"
)
_MOST_TIME_CHARACTERS: Final = 80
_TWO_SENTENCES: Final = re.compile(r"[^\W\d_]{3}[.!?…][\"'”’»)]*\s+[^\W\d_a-z]|[。！？].*[。！？]")
_LONGEST_DECK_WORDS: Final = 28
_CAPTION_WORDS: Final = 60
_LONG_SENTENCE_WORDS: Final = 25
_OFFER_WORDS: Final = 12
_UNENDED_PROSE_WORDS: Final = 14
_SHORTEST_SENTENCE_WORDS: Final = 3
_MANY_GLUED: Final = 3
_MANY_SEPARATORS: Final = 3


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line with text: its number from 0 (``end``: behind its last, where a wrapped text was joined), its words, and what it is.

    ``junk`` says why it is never part of a body ("" if it may be one); ``prose`` whether it reads like running text.
    """

    number: int
    end: int
    text: str
    words: int
    prose: bool
    listed: bool
    junk: str


def lines_of(text: str) -> list[TextLine]:
    """The lines with text, in order, each with its kind."""
    return [line_of(each.text, each.first, each.end) for each in stretches(numbered(text))]


def numbered(text: str) -> list[str]:
    """The lines as they stand; their places are their numbers, from 0."""
    return text.replace("\r\n", "\n").split("\n") if "\n" in text else text.split("\r")


def line_of(text: str, number: int = 0, end: int = 1) -> TextLine:
    """One tidied line with its kind, judged by itself."""
    words = word_count(text)
    prose = is_prose(text, words)
    return TextLine(
        number, end, text, words, prose, bool(_BULLET.match(text)), junk_kind(text, words, prose)
    )


def is_prose(text: str, words: int) -> bool:
    """Whether the line reads like running text: it ends like a sentence, or is too long for anything else."""
    if words >= _UNENDED_PROSE_WORDS:
        return glued_words(text) < _MANY_GLUED or ends_like_sentence(text)
    return words >= _SHORTEST_SENTENCE_WORDS and ends_like_sentence(text)


def ends_like_sentence(text: str) -> bool:
    """Whether the line ends with a mark that ends sentences, in any script."""
    return bool(_ENDS.search(text[-_END_CHARACTERS:]))


def glued_words(text: str) -> int:
    """How often a word in lower case runs into a capitalised one, as where a page's buttons were read as one text."""
    return len(_GLUED.findall(text))


def ends_with_full_stop(text: str) -> bool:
    """Whether the line ends as a statement does; headlines hardly ever do."""
    return bool(_FULL_STOP.search(text[-_END_CHARACTERS:]))


def is_paragraph(line: TextLine) -> bool:
    """Whether the line is a paragraph rather than a headline or deck: a statement, or longer than these are, or several sentences."""
    return (
        line.prose
        and not line.junk
        and (
            ends_with_full_stop(line.text)
            or line.words > _LONGEST_DECK_WORDS
            or bool(_TWO_SENTENCES.search(line.text))
        )
    )


def is_byline(text: str) -> bool:
    """Whether the line is "By Name" and nothing else."""
    return bool(_BYLINE.match(text))


def is_date(text: str) -> bool:
    """Whether the line says when something was published and nothing else: "Updated: 3 May 2018, 10:30 GMT"."""
    if len(text) > _MOST_TIME_CHARACTERS or not any(map(str.isdigit, text)):
        return False
    words = (word.strip("0123456789") for word in tokens(fold(text)))
    return all(not word or _TIME.fullmatch(word) for word in words)


def junk_kind(text: str, words: int, prose: bool) -> str:
    """Why the line is never body, or ""; the first kind that fits."""
    for why, fits in _KINDS:
        if fits(text, words, prose):
            return why
    return ""


def is_one_of(text: str, words: int, kinds: Collection[str]) -> str:
    """The first of these kinds of junk that the text is of, or "": cheaper than to ask for all."""
    prose = is_prose(text, words)
    return next((why for why, fits in _KINDS if why in kinds and fits(text, words, prose)), "")


def _is_template(text: str, _words: int, _prose: bool) -> bool:
    return bool(_TEMPLATE.search(text)) or bool(_MARKUP_ONLY.fullmatch(text))


def _is_icon_titles(text: str, words: int, prose: bool) -> bool:
    icons = len(vocabulary.ICON.findall(text))
    return not prose and (
        glued_words(text) >= _MANY_GLUED or (icons >= _MANY_GLUED and icons * 3 >= words)
    )


def _is_navigation(text: str, _words: int, _prose: bool) -> bool:
    arrows = 0 if "«" in text else text.count(" » ")
    return (
        not ends_like_sentence(text) and len(_SEPARATORS.findall(text)) + arrows >= _MANY_SEPARATORS
    )


def _is_caption(text: str, words: int, _prose: bool) -> bool:
    return words <= _CAPTION_WORDS and bool(
        _PHOTO_CREDIT.search(text)
        or _CREDIT_LABEL.match(text)
        or vocabulary.PHOTO_AGENCY.search(text)
    )


def _is_copyright(text: str, words: int, _prose: bool) -> bool:
    return words <= _CAPTION_WORDS and bool(_COPYRIGHT.search(text))


def _is_subscription(text: str, words: int, _prose: bool) -> bool:
    if words <= _OFFER_WORDS and vocabulary.OFFER.search(text):
        return True
    return words < _LONG_SENTENCE_WORDS and bool(vocabulary.SUBSCRIPTION.search(text))


def _is_page_furniture(text: str, words: int, prose: bool) -> bool:
    if words >= _LONG_SENTENCE_WORDS:
        return words <= _CAPTION_WORDS and bool(vocabulary.CONSENT.match(text))
    return bool(vocabulary.FURNITURE_START.match(text) or vocabulary.CONSENT.match(text)) or (
        not prose and fold(text) in vocabulary.FURNITURE
    )


_KINDS: Final = (
    (TEMPLATE, _is_template),
    (ICONS, _is_icon_titles),
    (NAVIGATION, _is_navigation),
    (CAPTION, _is_caption),
    (COPYRIGHT, _is_copyright),
    (SUBSCRIPTION, _is_subscription),
    (FURNITURE, _is_page_furniture),
)
