"""One report in the words of another with other values in them, as forms are filled in.

"Porto beat Roma 3-1 to reach the quarter-finals" and "Juventus beat Atletico 3-0 to reach the
quarter-finals" have one form. Reports on one event share its values and not their sentences; those
that fill in a form share the sentences and not the values.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import ReadSentence
from services.alerting.stories.reading.stop_words import STOP_WORDS

MAX_WORDS: Final = 48
"""Of a sentence: its form shows before."""
_SENTENCES: Final = 4
_SAME_FORM: Final = 0.5
"""How much of two sentences is the same words in the same order at least."""
_SHARED_WORDS: Final = 0.3
"""How many words of the shorter text the other one has at least, before they are aligned."""
_SEVERAL: Final = 2

Pair = tuple[ReadSentence, ReadSentence]


@dataclass(slots=True)
class Substitutions:
    """What stands in the place of what, each once; ``sentences`` counts those in one form."""

    sentences: int = 0
    names: set[tuple[str, str]] = field(default_factory=set)
    figures: set[tuple[str, str]] = field(default_factory=set)
    words: set[tuple[str, str]] = field(default_factory=set)

    def make_another_event(self) -> bool:
        """Return whether more is replaced than a toll or a slip of the pen."""
        facts = len(self.names) + len(self.figures)
        if self.sentences >= _SEVERAL:
            return facts + len(self.words) > _SEVERAL and bool(self.names or self.words)
        return facts > _SEVERAL and bool(self.names)


def find_substitutions(article: ReadArticle, member: ReadArticle) -> Substitutions:
    """Return which values of the article stand in the place of which of a report before it.

    A value that stands anywhere in the other text is not replaced.
    """
    substitutions = Substitutions()
    vocabularies = article.vocabulary, member.vocabulary
    shared = len(vocabularies[0] & vocabularies[1])
    if shared < _SHARED_WORDS * min(map(len, vocabularies)):
        return substitutions
    for left, right in _pairs_in_one_form(article, member):
        substitutions.sentences += 1
        for before, after in _replaced(left.words[:MAX_WORDS], right.words[:MAX_WORDS]):
            sides = _own(before, vocabularies[1]), _own(after, vocabularies[0])
            if all(sides):
                _add(substitutions, sides, (left, right))
    return substitutions


def _pairs_in_one_form(article: ReadArticle, member: ReadArticle) -> Iterator[Pair]:
    """Yield the headlines, and each of the first sentences with the one most like it."""
    if _form_share(article.headline, member.headline) >= _SAME_FORM:
        yield article.headline, member.headline
    for sentence in article.sentences[:_SENTENCES]:
        shares = [_form_share(sentence, other) for other in member.sentences[:_SENTENCES]]
        best = max(shares, default=0.0)
        if best >= _SAME_FORM:
            yield sentence, member.sentences[shares.index(best)]


def _form_share(left: ReadSentence, right: ReadSentence) -> float:
    """Return how much of both is the same words in the same order, from 0 to 1."""
    sides = left.words[:MAX_WORDS], right.words[:MAX_WORDS]
    longer = max(map(len, sides))
    if len(set(sides[0]).intersection(sides[1])) < _SHARED_WORDS * longer:
        return 0.0
    return SequenceMatcher(None, *sides, autojunk=False).ratio()


def _replaced(
    left: Sequence[str], right: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield the runs of words that stand in one place of two sentences in one form."""
    operations = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    for operation, start, end, other_start, other_end in operations:
        if operation == "replace":
            yield left[start:end], right[other_start:other_end]


def _own(words: Sequence[str], other_words: Collection[str]) -> list[str]:
    return [word for word in words if word not in STOP_WORDS and word not in other_words]


def _add(substitutions: Substitutions, sides: tuple[list[str], list[str]], pair: Pair) -> None:
    """Add a replacement as one of names, of figures, or of other words."""
    facts = [
        [word for word in words if word in sentence.facts]
        for words, sentence in zip(sides, pair, strict=True)
    ]
    entry = " ".join(sides[0]), " ".join(sides[1])
    if all(any(not word[0].isdigit() for word in words) for words in facts):
        substitutions.names.add(entry)
    elif all(facts):
        substitutions.figures.add(entry)
    else:
        substitutions.words.add(entry)
