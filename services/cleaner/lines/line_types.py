"""What a line of plain text is by itself: a sentence, a list item, or a type that is never body.

Vocabulary decides only about lines that look the part: a true paragraph may speak of
subscriptions, newsletters or photographs.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from services.cleaner.lines import vocabulary
from services.cleaner.lines.wrapping import unwrap_paragraphs
from services.cleaner.text.characters import normalise, tokens, word_count

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
_END_MARK: Final = re.compile(r"[.!?…؟۔।។៕။。！？:][\"'”’»«)\]』」）]*(?:\s*\([^()]{1,40}\))?$")
_FULL_STOP: Final = re.compile(r"[.…۔।។៕။。][\"'”’»«)\]』」）]*$")
_END_CHARACTERS: Final = 64
"""A mark, quotes and a credit in brackets are shorter: only the end of a long line is searched."""
_BULLET: Final = re.compile(r"(?:[-*•‣▪◦–—·■►]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_PHOTO_CREDIT: Final = re.compile(
    r"(?:©|\([cC]\)\s)(?!\s*(?:19|20)\d\d)"
    r"|\((?:[A-Z][\w ]{0,20} )?(?:Photo|Image|Foto|Picture)\b[^()]{0,80}\)$"
)
_CREDIT_LABEL: Final = re.compile(
    r"^(?:file |stock )?(?:photo|image|picture|foto|bild|photographie|사진|写真|图片)s?"
    r"(?:\s+(?:by|credit|courtesy))?\s*[:：/]",
    re.IGNORECASE,
)
_COPYRIGHT: Final = re.compile(
    r"©|\([cC]\)\s*(?:19|20)\d\d|\bcopyright\b|\ball rights reserved\b"
    r"|alle rechte vorbehalten|tous droits réservés",
    re.IGNORECASE,
)
_IN_COPYRIGHT: Final = ("©", "(c)", "copyr", "reserved", "vorbehalten", "tous dro")
"""A line that ``_COPYRIGHT`` finds has one of them, its case folded: most lines need no more."""
_BYLINE: Final = re.compile(
    r"^(?i:by|von|par|por|di|door|от)\s+[^\W\d_a-z][^,.;:!?]{2,60}(?:,\s*[^.!?]{2,60})?$"
)
_TIME: Final = re.compile(
    r"(?:jan|feb|mar|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|published|updated|posted|last|modified|on|at|am|pm|um|uhr|stand|a?est|e[ds]t|gmt|utc"
    r"|veröffentlicht|aktualisiert|publié|mis|jour|le|publicado|actualizado|el|de|kl"
    r"|hours?|minutes?|days?|ago|local|time|입력|수정|更新|公開|[年月日时分時분년월일시분]"
)
_MAX_TIME_CHARACTERS: Final = 80
_TWO_SENTENCES: Final = re.compile(r"[^\W\d_]{3}[.!?…][\"'”’»)]*\s+[^\W\d_a-z]|[。！？].*[。！？]")
_MAX_DECK_WORDS: Final = 28
_CAPTION_WORDS: Final = 60
_LONG_SENTENCE_WORDS: Final = 25
_OFFER_WORDS: Final = 12
_UNENDED_PROSE_WORDS: Final = 14
_MIN_SENTENCE_WORDS: Final = 3
_MANY_GLUED: Final = 3
_MANY_SEPARATORS: Final = 3


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line with text: its number from 0, its number of words, and what it is.

    ``end``: the number behind its last line, if a wrapped text was joined. ``is_prose``: it reads
    like running text. ``junk`` says why it is never part of a body, "" if it may be.
    """

    number: int
    end: int
    text: str
    words: int
    is_prose: bool
    is_list_item: bool
    junk: str


def lines_of(text: str) -> list[TextLine]:
    """Return the lines with text, in order, each with its type."""
    paragraphs = unwrap_paragraphs(split_lines(text))
    return [line_of(paragraph.text, paragraph.first, paragraph.end) for paragraph in paragraphs]


def split_lines(text: str) -> list[str]:
    """Return the lines as they are; their indices are their numbers, from 0."""
    return text.replace("\r\n", "\n").split("\n") if "\n" in text else text.split("\r")


def line_of(text: str, number: int = 0, end: int = 1) -> TextLine:
    """Return a tidied line with its type, judged by itself."""
    words = word_count(text)
    prose = is_prose(text, words)
    junk = junk_type(text, words, prose)
    return TextLine(number, end, text, words, prose, bool(_BULLET.match(text)), junk)


def is_prose(text: str, words: int) -> bool:
    """Return whether the line ends like a sentence, or is too long for anything but prose."""
    if words >= _UNENDED_PROSE_WORDS:
        return ends_like_sentence(text) or count_glued_words(text) < _MANY_GLUED
    return words >= _MIN_SENTENCE_WORDS and ends_like_sentence(text)


def ends_like_sentence(text: str) -> bool:
    """Return whether the line ends with a mark that ends sentences, in any script."""
    return bool(_END_MARK.search(text[-_END_CHARACTERS:]))


def count_glued_words(text: str) -> int:
    """Count the words in lower case that run into a capitalised one.

    They are found where the buttons of a page were converted to one text.
    """
    return len(_GLUED.findall(text))


def ends_with_full_stop(text: str) -> bool:
    """Return whether the line ends as a statement does; headlines hardly ever do."""
    return bool(_FULL_STOP.search(text[-_END_CHARACTERS:]))


def is_paragraph(line: TextLine) -> bool:
    """Return whether the line is a paragraph rather than a headline or deck.

    A paragraph is a statement, or longer than a deck, or several sentences.
    """
    if not line.is_prose or line.junk:
        return False
    if ends_with_full_stop(line.text) or line.words > _MAX_DECK_WORDS:
        return True
    return bool(_TWO_SENTENCES.search(line.text))


def is_byline(text: str) -> bool:
    """Return whether the line is "By Name" and nothing else."""
    return bool(_BYLINE.match(text))


def is_date(text: str) -> bool:
    """Return whether the line only says when something was published or updated.

    An example is "Updated: 3 May 2018, 10:30 GMT".
    """
    if len(text) > _MAX_TIME_CHARACTERS or not any(map(str.isdigit, text)):
        return False
    words = (word.strip("0123456789") for word in tokens(normalise(text)))
    return all(not word or _TIME.fullmatch(word) for word in words)


def junk_type(text: str, words: int, prose: bool) -> str:
    """Return why the line is never body, or "": the first type that fits."""
    for why, fits in _TYPES:
        if fits(text, words, prose):
            return why
    return ""


def is_one_of(text: str, words: int, types: Collection[str]) -> str:
    """Return the first of these types of junk that the text is of, or "".

    That is cheaper than testing for all types.
    """
    prose = is_prose(text, words)
    return next((why for why, fits in _TYPES if why in types and fits(text, words, prose)), "")


def _is_template(text: str, _words: int, _prose: bool) -> bool:
    return bool(_TEMPLATE.search(text)) or bool(_MARKUP_ONLY.fullmatch(text))


def _is_icon_titles(text: str, words: int, prose: bool) -> bool:
    if prose:
        return False
    icons = len(vocabulary.ICON.findall(text))
    return count_glued_words(text) >= _MANY_GLUED or (icons >= _MANY_GLUED and icons * 3 >= words)


def _is_navigation(text: str, _words: int, _prose: bool) -> bool:
    arrows = 0 if "«" in text else text.count(" » ")
    separators = len(_SEPARATORS.findall(text)) + arrows
    return not ends_like_sentence(text) and separators >= _MANY_SEPARATORS


def _is_caption(text: str, words: int, _prose: bool) -> bool:
    if words > _CAPTION_WORDS:
        return False
    if _PHOTO_CREDIT.search(text) or _CREDIT_LABEL.match(text):
        return True
    return bool(vocabulary.PHOTO_AGENCY.search(text))


def _is_copyright(text: str, words: int, _prose: bool) -> bool:
    if words > _CAPTION_WORDS:
        return False
    folded = text.casefold()
    return any(part in folded for part in _IN_COPYRIGHT) and bool(_COPYRIGHT.search(text))


def _is_subscription(text: str, words: int, _prose: bool) -> bool:
    if words <= _OFFER_WORDS and vocabulary.OFFER.search(text):
        return True
    return words < _LONG_SENTENCE_WORDS and bool(vocabulary.SUBSCRIPTION.search(text))


def _is_page_furniture(text: str, words: int, prose: bool) -> bool:
    if words >= _LONG_SENTENCE_WORDS:
        return words <= _CAPTION_WORDS and bool(vocabulary.CONSENT.match(text))
    if vocabulary.FURNITURE_START.match(text) or vocabulary.CONSENT.match(text):
        return True
    return not prose and normalise(text) in vocabulary.FURNITURE


_TYPES: Final = (
    (TEMPLATE, _is_template),
    (ICONS, _is_icon_titles),
    (NAVIGATION, _is_navigation),
    (CAPTION, _is_caption),
    (COPYRIGHT, _is_copyright),
    (SUBSCRIPTION, _is_subscription),
    (FURNITURE, _is_page_furniture),
)
