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

from ahocorasick_rs import BytesAhoCorasick, MatchKind

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
_QUESTION_BYTE: Final = "Q"
MAY_BE_HEARSAY: Final = bits_of(SPEAKING | {CueClass.WEAK_SOURCE})
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_CONSONANT_Y: Final = re.compile(r"[^aeiou]y\Z")
_WORD_END: Final = re.compile(r"[\W_]")
_MONTH: Final = re.compile(r"month (\d+)")


class Cue(NamedTuple):
    """What a phrase means: its classes (as ``bits_of``), and the month that it names (0: none)."""

    bits: int
    month: int = 0

    @property
    def is_time(self) -> bool:
        """Whether its classes depend on the day that it names together with the words beside it."""
        return bool(self.month) or self.bits == YEAR


Match = tuple[int, int, int]
"""The number of a cue, and where it starts and ends with the blank before it."""


class Shorter(NamedTuple):
    """The cue with which a longer one begins, and the length of its pattern.

    It counts where the longer one ends inside a word: "pas" where "pas démissionné" is no "pas d'".
    """

    cue: int
    length: int


class CueTable(NamedTuple):
    """The cues of a language, by their number in the automaton.

    First come ``marks`` punctuation marks, then up to number ``first_word`` the beginnings of
    years, and then phrases, which must end where a word ends, as must the ``colon``. ``classes``
    are those of each cue, negative where the cue before it may add to them, and 0 for times.
    """

    language: str
    cues: tuple[Cue, ...]
    classes: tuple[int, ...]
    shorter: Mapping[int, Shorter]
    marks: int
    colon: int
    first_word: int
    automaton: BytesAhoCorasick

    def whole_words(self, text: str) -> list[Match]:
        """Return the longest matches in a normalised text whose phrases end where a word ends.

        What a longer phrase hides that ends inside a word is found, too: "was" and "reportedly",
        where "was reported" is one.
        """
        matches = self._matches(text)
        first_word = self.first_word
        inside_words = [
            number
            for number, (cue, _start, end) in enumerate(matches)
            if cue >= first_word and text[end].isalnum()
        ]
        for number in reversed(inside_words):
            matches[number : number + 1] = self._hidden(text, matches[number])
        return matches

    def _hidden(self, text: str, match: Match) -> list[Match]:
        """Return the matches that one hides that ends inside a word, up to the end of that word."""
        cue, start, end = match
        shorter = self.shorter.get(cue)
        hidden: list[Match] = []
        if shorter:
            hidden.append((shorter.cue, start, start + shorter.length))
        first = start + shorter.length if shorter else text.find(" ", start + 1, end)
        if first < 0:
            return hidden
        word_end = _WORD_END.search(text, end)
        tail = f"{text[first : word_end.start() if word_end else len(text)]} "
        for number, begin, after in self._matches(tail):
            match_in_tail = (number, first + begin, first + after)
            is_inside = number >= self.first_word and tail[after].isalnum()
            hidden += self._hidden(text, match_in_tail) if is_inside else [match_in_tail]
        return hidden

    def _matches(self, text: str) -> list[Match]:
        """Return number, start and end of each match in a normalised text, the longest of each.

        Normalised text has no capitals, so one can stand for the question mark, while that stands
        for what Latin-1 lacks: one byte for each character.
        """
        matches: list[Match] = self.automaton.find_matches_as_indexes(_encode(text))
        return matches


@cache
def cue_table(language: str) -> CueTable | None:
    """Return the table of a language (ISO 639-1), None if there is none."""
    if language not in LANGUAGES:
        return None
    text = (files("services.tagger.status") / "cues" / f"{language}.txt").read_text("utf-8")
    years = {f" {century}": Cue(YEAR) for century in CENTURIES}
    marks = {mark: Cue(bits_of([kind])) for mark, kind in PUNCTUATION.items()}
    cues = marks | years | _phrases(text)
    return CueTable(
        language,
        tuple(cues.values()),
        tuple(map(_classes, cues.values())),
        _shorter(list(cues)),
        len(marks),
        list(marks).index(":"),
        len(marks) + len(years),
        BytesAhoCorasick(list(map(_encode, cues)), matchkind=MatchKind.LeftmostLongest),
    )


def _classes(cue: Cue) -> int:
    if cue.is_time:
        return 0
    return -cue.bits if cue.bits & (MAY_DENY | MAY_BE_HEARSAY) else cue.bits


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


def _encode(normalised: str) -> bytes:
    return normalised.replace("?", _QUESTION_BYTE).encode("latin-1", "replace")


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
        pattern: Cue(bits_of(classes[pattern]), months.get(pattern, 0))
        for pattern in sorted(classes)
    }


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
