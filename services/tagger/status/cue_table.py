"""Read the tables of cues, and build from each the automaton that finds them.

A table has lines "class: phrase; phrase". "{a,b}" stands for both, "halt*" for the regular English
forms of a verb. "month 5: may" names a month. A phrase may belong to several classes.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from services.tagger.scan.normalise import normalise_name
from services.tagger.status.cue_classes import CueClass

LANGUAGES: Final = frozenset({"en", "de", "fr", "es"})
PUNCTUATION: Final[Mapping[str, CueClass]] = {
    ",": CueClass.COMMA,
    ";": CueClass.STOP,
    ":": CueClass.STOP,
    "|": CueClass.STOP,
    "?": CueClass.QUESTION,
}
"""In normalised text, where "|" stands for dashes."""
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_CONSONANT_Y: Final = re.compile(r"[^aeiou]y\Z")
_MONTH: Final = re.compile(r"month (\d+)")


class Cue(NamedTuple):
    """A phrase as normalised, its classes, and the month that it names (0: none)."""

    phrase: str
    classes: tuple[CueClass, ...]
    month: int


class CueTable(NamedTuple):
    """The cues of a language; ``automaton`` finds them with a blank before each word."""

    cues: tuple[Cue, ...]
    automaton: AhoCorasick


@cache
def cue_table(language: str) -> CueTable | None:
    """Return the table of a language (ISO 639-1), None if there is none."""
    if language not in LANGUAGES:
        return None
    text = (files("services.tagger.status") / "cues" / f"{language}.txt").read_text("utf-8")
    cues = tuple(_cues(text))
    patterns = [cue.phrase if cue.phrase in PUNCTUATION else f" {cue.phrase}" for cue in cues]
    return CueTable(cues, AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest))


def _cues(text: str) -> Iterator[Cue]:
    classes: dict[str, list[CueClass]] = {mark: [kind] for mark, kind in PUNCTUATION.items()}
    months: dict[str, int] = {}
    for line in text.splitlines():
        name, colon, phrases = line.partition(": ")
        if not colon or line.startswith("#"):
            continue
        month = _MONTH.fullmatch(name)
        kind = CueClass.MONTH if month else CueClass(name)
        for phrase in phrases.split(";"):
            for form in expand_forms(phrase.strip()):
                normalised = normalise_name(form)
                if kind not in classes.setdefault(normalised, []):
                    classes[normalised].append(kind)
                if month:
                    months[normalised] = int(month[1])
    for phrase in sorted(classes):
        yield Cue(phrase, tuple(classes[phrase]), months.get(phrase, 0))


def expand_forms(phrase: str) -> Iterator[str]:
    """Yield the phrases that a phrase of a table stands for."""
    parts = _CHOICE.split(phrase)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    for combination in product(*choices):
        words = [_verb_forms(word) for word in "".join(combination).split(" ")]
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
