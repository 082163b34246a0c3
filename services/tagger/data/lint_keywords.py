"""Warn of English words of the vocabulary without a regular form.

Nothing is stemmed, so a form that is not listed does not match.
"""

import re
from collections.abc import Iterator
from typing import Final

from services.tagger.data.entries import Keyword
from services.tagger.data.parse_entries import LocatedEntry

_ENGLISH: Final = "en"
_WORDS: Final = re.compile(r"[a-z]+(?: [a-z]+)?")
_DOUBLES_LAST_LETTER: Final = re.compile(r"[^aeiou][aeiou][bdgmnprt]")
"""Short words such as ban: banned."""
_NO_NOUNS: Final = ("ed", "ing", "s", "able")
_VOWELS: Final = frozenset("aeiou")
_SIBILANTS: Final = ("s", "x", "z", "ch", "sh")


def lint_keywords(keywords: list[LocatedEntry[Keyword]]) -> None:
    """Warn of each word or pair of words whose plural or other verb forms are not listed.

    Forms under ``as_listed`` are exempt.
    """
    for keyword in keywords:
        english = keyword.entry.forms.get(_ENGLISH, ())
        for index, form in enumerate(english):
            if form in keyword.entry.as_listed:
                continue
            if missing := sorted(_missing_forms(form, frozenset(english))):
                keyword.document.report(
                    (*keyword.path, "forms", _ENGLISH, index),
                    f"{form!r} is listed without {', '.join(map(repr, missing))}",
                    code="missing-form",
                    level="warning",
                    suggestion="add them, or add the word to `as_listed`",
                )


def _missing_forms(form: str, listed: frozenset[str]) -> set[str]:
    """Return the regular forms that are not listed; none if it is itself a form of another."""
    if not _WORDS.fullmatch(form) or any(
        form in _regular_forms(listed_form)
        for listed_form in listed
        if listed_form != form and form[:3] == listed_form[:3]
    ):
        return set()
    plural, *verb_forms = _regular_forms(form)
    if " " not in form and any(verb_form in listed for verb_form in verb_forms):
        return {plural, *verb_forms} - listed
    return {plural} - listed if not form.endswith(_NO_NOUNS) else set()


def _regular_forms(word: str) -> tuple[str, ...]:
    """Return the plural or third person, and the forms in -ed and -ing."""
    return tuple(_iter_regular_forms(word))


def _iter_regular_forms(word: str) -> Iterator[str]:
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        yield from (f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
        return
    yield f"{word}es" if word.endswith(_SIBILANTS) else f"{word}s"
    if word.endswith("e"):
        yield from (f"{word}d", f"{word[:-1]}ing")
    else:
        stem = word + word[-1] if _DOUBLES_LAST_LETTER.fullmatch(word) else word
        yield from (f"{stem}ed", f"{stem}ing")
