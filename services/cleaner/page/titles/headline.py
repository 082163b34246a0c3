"""The headline of a page, by a vote of its head, its h1 elements and the feed.

In the head they are JSON-LD, og, twitter and <title> (without the site's name). The h1 that most of
the others confirm wins, spelt as JSON-LD spells it; without one, the text that most of them agree
on, the most trusted first. The site's logo is no headline, and a kicker, a section or a counter in
the h1 is no part of it.
"""

import re
from dataclasses import dataclass
from typing import Final

from services.cleaner.page.head import RELATED, Head
from services.cleaner.page.provenance import SourcedValue, record
from services.cleaner.page.titles.headings import HeadingParts
from services.cleaner.page.titles.markup import plain_title
from services.cleaner.page.titles.site_names import (
    end_parts,
    host_names,
    letters,
    names_site,
    site_keys,
    without_site,
)
from services.cleaner.text.characters import normalise, tidy, tokens, word_overlap
from shared.messages.schemas import FieldProvenance

_MAX_CHARACTERS: Final = 300
_MAX_WRITTEN_CHARACTERS: Final = 2000
_FULL_WORDS: Final = 4
_FEW_HEADINGS: Final = 2
"""An h1 that no other title is related to counts if it is visible, as long as headlines are, and
one of two at most."""
_MOSTLY: Final = 0.5
"""A short h1 shares more of its words with a title than a section does."""
_MAX_EXTRA_WORDS: Final = 6
_TAB_COUNTER: Final = re.compile(r"^\(\d{1,3}\+?\)\s+")
_COUNTER: Final = re.compile(
    r"\s*[-–|·•(\[]?\s*(?:\d[\d.,]{0,8}\s?(?:k\s)?(?:comments?|replies|kommentare?|commentaires?"
    r"|comentarios?|coment[aá]rios?|commenti|reacties|shares|views|댓글|コメント|条评论|条回复)"
    r"|(?:comments?|kommentare?|commentaires?|comentarios?|commenti)\s?[:(]?\s?\d[\d.,]{0,8}\)?)"
    r"\s*[)\]]?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TitleWitnesses:
    """The titles that head and feed give, without the site's name, and what names the site.

    ``keys``: the letters of each title.
    """

    titles: tuple[SourcedValue, ...]
    sites: frozenset[str]
    keys: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The titles without their sources."""
        return [text for _, text in self.titles]


def find_headline(
    head: Head, stated: str | None, address: str | None
) -> tuple[str, str, FieldProvenance | None]:
    """Return the headline, the sources that agree on it ("json-ld + og + h1"), and the record.

    Returns ("", "none", None) if there is no headline. ``stated``: the feed's headline.
    """
    witnesses = _witnesses(head, stated, address)
    titles = witnesses.titles
    h1 = _confirmed_h1(head, witnesses)
    if not titles and not h1:
        why = "no title and no h1: the first subhead of the article"
        values = [("h2", head.first_subhead)]
        return (
            (head.first_subhead, "h2", record("headline", "h2", why, values))
            if (head.first_subhead)
            else ("", "none", None)
        )
    title = _spell(h1, titles) if h1 else _most_agreed(witnesses.texts)
    sources = [source for source, text in titles if normalise(text) == normalise(title)]
    agreeing = " + ".join(sources + (["h1"] if h1 else []))
    headings = [
        ("h1, hidden" if heading.hidden else "h1", tidy(heading.text)) for heading in head.h1
    ]
    confirmed = "the h1 that the others confirm most"
    why = confirmed if h1 else "no h1 is confirmed: what most of the others agree on"
    return title, agreeing, record("headline", agreeing, why, [*titles, *headings])


def _first_subhead(head: Head) -> tuple[str, str, FieldProvenance | None]:
    if not head.first_subhead:
        return "", "none", None
    why = "no title and no h1: the first subhead of the article"
    values = [("h2", head.first_subhead)]
    return head.first_subhead, "h2", record("headline", "h2", why, values)


def _witnesses(head: Head, stated: str | None, address: str | None) -> TitleWitnesses:
    headlines = (article.get("headline") for article in head.articles)
    values = [
        ("json-ld", next((text for text in headlines if isinstance(text, str)), "")),
        ("og", head.meta.get("og:title", "")),
        ("twitter", head.meta.get("twitter:title", "")),
        ("title", _TAB_COUNTER.sub("", head.title)),
        ("feed", stated or ""),
    ]
    plain = [
        (source, text)
        for source, value in values
        if (text := plain_title(value[:_MAX_WRITTEN_CHARACTERS]))
    ]
    keys = {source: letters(text) for source, text in plain}
    sites = _site_keys(head, [text for _, text in plain], set(keys.values()))
    sites = sites or host_names(address or head.canonical)
    headings = _heading_keys(head)
    titles = []
    for source, text in plain:
        others = {key for name, key in keys.items() if name != source} | headings
        title = without_site(text, sites, others - sites)
        if len(title) <= _MAX_CHARACTERS:
            titles.append((source, title))
    own = tuple(value for value in titles if not names_site(value[1], sites))
    has_other = own or head.h1 or head.first_subhead
    kept = own if has_other else tuple(titles)
    return TitleWitnesses(kept, sites, tuple(letters(title) for _, title in kept))


def _heading_keys(head: Head) -> set[str]:
    """Return the letters of the headings that may be the headline by themselves."""
    texts = [parts.text for parts in head.heading_parts.values() if not parts.is_logo]
    keys = {letters(text) for text in texts if len(tokens(normalise(text))) > 1}
    is_long = len(tokens(normalise(head.first_subhead))) >= _FULL_WORDS
    return keys | {letters(head.first_subhead)} if is_long else keys


def _site_keys(head: Head, titles: list[str], keys: set[str]) -> frozenset[str]:
    """Return what identifies the site: the names that the head declares, and its logo.

    Some sites name themselves as the article.
    """
    declared = (
        name
        for name in dict.fromkeys(head.sites)
        if letters(name) not in keys or len(tokens(normalise(name))) <= _FULL_WORDS
    )
    return site_keys(declared) | _logos(head, titles, keys)


def _logos(head: Head, titles: list[str], keys: set[str]) -> frozenset[str]:
    """Return the h1 elements that are the site's name: the logo, and one end of a title.

    One that is only in the head of the page is, if something else confirms what is left.
    """
    logos = {
        key: parts
        for key, parts in head.heading_parts.items()
        if key not in keys and (parts.is_logo or parts.is_in_page_head)
    }
    if not logos:
        return frozenset()
    confirmed = keys | {letters(head.first_subhead)}
    return site_keys(
        part
        for title in titles
        for part, remainder in end_parts(title)
        if (parts := logos.get(letters(part))) and len(remainder) > len(part)
        if parts.is_logo or (parts.is_in_page_head and letters(remainder) in confirmed)
    )


def _confirmed_h1(head: Head, witnesses: TitleWitnesses) -> str:
    best: tuple[int, bool, float, int, str] = (-1, False, 0.0, 0, "")
    is_logo = False
    normalised = [normalise(title) for title in witnesses.texts]
    for index, heading in enumerate(head.h1):
        parts = head.heading_parts.get(letters(heading.text), HeadingParts(heading.text))
        text = _without_extras(tidy(heading.text), parts, witnesses)
        key = normalise(text)
        if not key or len(text) > _MAX_CHARACTERS or names_site(text, witnesses.sites):
            continue
        overlap = max((word_overlap(key, title) for title in normalised), default=1.0)
        candidate = (normalised.count(key), not heading.hidden, overlap, -index, text)
        if candidate > best:
            best, is_logo = candidate, parts.is_logo
    equal, visible, overlap, _, text = best
    is_long = len(tokens(normalise(text))) >= _FULL_WORDS
    is_full = is_long and visible and not is_logo and len(head.h1) <= _FEW_HEADINGS
    is_related = overlap >= (RELATED if is_long else _MOSTLY)
    return text if equal > 0 or is_related or is_full else ""


def _without_extras(text: str, parts: HeadingParts, witnesses: TitleWitnesses) -> str:
    """Return the h1 without the elements in it that are a kicker, a section or a counter.

    They are those that a title of the head lacks, or whose names say so. A counter of comments goes
    by its words.
    """
    if letters(text) in witnesses.keys:
        return text
    text = _COUNTER.sub("", text) or text
    key = letters(text)
    for title, inner in zip(witnesses.texts, witnesses.keys, strict=True):
        extra = key.removesuffix(inner) if key.endswith(inner) else key.removeprefix(inner)
        if 0 < len(extra) < len(inner) and extra in parts.parts:
            return title
    for kicker in parts.kickers:
        shorter = text.removeprefix(kicker).removesuffix(kicker).strip(" |:·•–—-/")
        is_short = len(kicker.split()) <= _MAX_EXTRA_WORDS and len(kicker) < len(shorter)
        text = shorter if is_short and len(tokens(shorter)) >= _FULL_WORDS - 1 else text
    return without_site(text, witnesses.sites)


def _spell(h1: str, titles: tuple[SourcedValue, ...]) -> str:
    """Return the h1 as JSON-LD spells it, whose capitals and quotes no designer chose.

    Of spellings with the same letters, those with the most blanks between words count: markup eats
    blanks.
    """
    key, unspaced = letters(h1), h1.replace(" ", "")
    spellings = [("h1", h1)]
    spellings += [
        (source, text)
        for source, text in titles
        if (source == "json-ld" and letters(text) == key) or text.replace(" ", "") == unspaced
    ]
    return max(
        spellings,
        key=lambda spelling: (len(tokens(normalise(spelling[1]))), spelling[0] == "json-ld"),
    )[1]


def _most_agreed(texts: list[str]) -> str:
    keys = [normalise(text) for text in texts]
    return max(zip(texts, keys, strict=True), key=lambda pair: keys.count(pair[1]))[0]
