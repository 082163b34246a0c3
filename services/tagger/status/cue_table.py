"""Read the tables of cues, and build from each the automaton that finds them.

A table has lines "class: phrase; phrase". "{a,b}" stands for both, "halt*" for the regular English
forms of a verb. "month 5: may" names a month. A phrase may belong to several classes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from services.tagger.scan.normalise import normalise_name
from services.tagger.status.cue_classes import DENIABLE, SPEAKING, CueClass, bits_of

LANGUAGES: Final = frozenset({"en", "de", "fr", "es"})
PUNCTUATION: Final[Mapping[str, CueClass]] = {
    ",": CueClass.COMMA,
    ";": CueClass.STOP,
    ":": CueClass.STOP,
    "|": CueClass.STOP,
    "?": CueClass.QUESTION,
}
"""In normalised text, where "|" stands for dashes."""
CENTURIES: Final = tuple(str(century) for century in range(15, 21))
"""A year is found by its first two digits."""
YEAR: Final = bits_of([CueClass.YEAR])
MAY_DENY: Final = bits_of(DENIABLE | {CueClass.REPORT})
"""Right after a negation, cues of these classes deny as well."""
MAY_BE_HEARSAY: Final = bits_of(SPEAKING | {CueClass.WEAK_SOURCE})
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_CONSONANT_Y: Final = re.compile(r"[^aeiou]y\Z")
_MONTH: Final = re.compile(r"month (\d+)")


class Cue(NamedTuple):
    """What a phrase means: its classes (as ``bits_of``), and the month that it names (0: none)."""

    bits: int
    month: int
    is_word: bool
    """Whether it must end where a word ends."""
    is_mark: bool
    """Whether it is searched without a blank before it."""
    needs_context: bool
    """Whether its classes depend on what stands beside it."""


class Shorter(NamedTuple):
    """The cue with which a longer one begins, and the length of its pattern.

    It counts where the longer one ends inside a word: "pas" where "pas démissionné" is no "pas d'".
    """

    cue: int
    length: int


class CueTable(NamedTuple):
    """The cues of a language, by their number in the ``automaton``."""

    language: str
    cues: tuple[Cue, ...]
    shorter: Mapping[int, Shorter]
    automaton: AhoCorasick


@cache
def cue_table(language: str) -> CueTable | None:
    """Return the table of a language (ISO 639-1), None if there is none."""
    if language not in LANGUAGES:
        return None
    text = (files("services.tagger.status") / "cues" / f"{language}.txt").read_text("utf-8")
    cues = {**_marks(), **_phrases(text)}
    automaton = AhoCorasick(list(cues), matchkind=MatchKind.LeftmostLongest)
    return CueTable(language, tuple(cues.values()), _shorter(list(cues)), automaton)


def _shorter(patterns: Sequence[str]) -> dict[int, Shorter]:
    """Return by number of a pattern the longest other one that its first words are."""
    numbers = {pattern: number for number, pattern in enumerate(patterns)}
    shorter: dict[int, Shorter] = {}
    for pattern, number in numbers.items():
        for end in range(len(pattern) - 1, 1, -1):
            if not pattern[end].isalnum() and (cue := numbers.get(pattern[:end])) is not None:
                shorter[number] = Shorter(cue, end)
                break
    return shorter


def _marks() -> dict[str, Cue]:
    marks = {
        mark: Cue(bits_of([kind]), 0, is_word=mark == ":", is_mark=True, needs_context=False)
        for mark, kind in PUNCTUATION.items()
    }
    year = Cue(YEAR, 0, is_word=False, is_mark=False, needs_context=True)
    return marks | {f" {century}": year for century in CENTURIES}


def _phrases(text: str) -> dict[str, Cue]:
    """Return the cues of a table by what is searched: a blank and the phrase as normalised."""
    classes: defaultdict[str, set[CueClass]] = defaultdict(set)
    months: dict[str, int] = {}
    for line in text.splitlines():
        name, colon, phrases = line.partition(": ")
        if not colon or line.startswith("#"):
            continue
        month = _MONTH.fullmatch(name)
        kind = CueClass.MONTH if month else CueClass(name)
        for form in (form for phrase in phrases.split(";") for form in expand_forms(phrase)):
            pattern = f" {normalise_name(form)}"
            classes[pattern].add(kind)
            if month:
                months[pattern] = int(month[1])
    return {
        pattern: _phrase(bits_of(classes[pattern]), months.get(pattern, 0))
        for pattern in sorted(classes)
    }


def _phrase(bits: int, month: int) -> Cue:
    needs_context = bool(month or bits == YEAR or bits & (MAY_DENY | MAY_BE_HEARSAY))
    return Cue(bits, month, is_word=True, is_mark=False, needs_context=needs_context)


def expand_forms(phrase: str) -> Iterator[str]:
    """Yield the phrases that a phrase of a table stands for."""
    parts = _CHOICE.split(phrase)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    for combination in product(*choices):
        words = [_verb_forms(word) for word in "".join(combination).split()]
        for forms in product(*words):
            yield " ".join(forms)


def _verb_forms(word: str) -> tuple[str, ...]:
    """Return the regular forms of an English verb that is marked with "*"."""
    if not word.endswith("*"):
        return (word,)
    verb = word[:-1]
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if _CONSONANT_Y.search(verb):
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z")) else f"{verb}s"
    return verb, third, f"{verb}ed", f"{verb}ing"
