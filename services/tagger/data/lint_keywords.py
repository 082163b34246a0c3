"""English words of the vocabulary that lack a regular form: nothing is stemmed, so a form that is not listed is not found. Warnings only."""

import re
from collections.abc import Iterator
from typing import Final

from services.tagger.data.entries import Keyword
from services.tagger.data.parse_entries import LocatedEntry

_ENGLISH: Final = "en"
_WORDS: Final = re.compile(r"[a-z]+(?: [a-z]+)?")
_DOUBLED: Final = re.compile(r"[^aeiou][aeiou][bdgmnprt]")
"""Short words that double their last letter: ban, banned."""
_NO_NOUNS: Final = ("ed", "ing", "s", "able")
_MISSING_IS: Final = "missing-form"


def lint_keywords(keywords: list[LocatedEntry[Keyword]]) -> None:
    """Warn of each word or pair of words whose plural, or whose other verb forms, are not listed, unless it stands in ``as_listed``."""
    for placed in keywords:
        english = placed.entry.forms.get(_ENGLISH, ())
        for index, form in enumerate(english):
            missing = (
                [] if form in placed.entry.as_listed else sorted(_missing(form, frozenset(english)))
            )
            if missing:
                message = f"{form!r} stands without {', '.join(map(repr, missing))}"
                suggestion = "add them, or name the word in `as_listed`"
                placed.document.report(
                    (*placed.path, "forms", _ENGLISH, index),
                    message,
                    code=_MISSING_IS,
                    level="warning",
                    suggestion=suggestion,
                )


def _missing(form: str, listed: frozenset[str]) -> set[str]:
    """The regular forms that are not listed; none where the form is itself one of another's."""
    if not _WORDS.fullmatch(form) or any(
        form in _regular(other) for other in listed if other != form and form[:3] == other[:3]
    ):
        return set()
    plural, *verb = _regular(form)
    if " " not in form and any(said in listed for said in verb):
        return {plural, *verb} - listed
    return {plural} - listed if not form.endswith(_NO_NOUNS) else set()


def _regular(word: str) -> tuple[str, ...]:
    """The plural or third person, and the forms in -ed and -ing."""
    return tuple(_endings(word))


def _endings(word: str) -> Iterator[str]:
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        yield from (f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
        return
    yield f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"
    if word.endswith("e"):
        yield from (f"{word}d", f"{word[:-1]}ing")
    else:
        stem = word + word[-1] if _DOUBLED.fullmatch(word) else word
        yield from (f"{stem}ed", f"{stem}ing")
