"""Turn an article's texts into arrays of words for the kernel."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.language.document import FIELDS
from services.alerting.matcher.characters import UNMET, Alphabet
from services.alerting.matcher.kernel.reading import ReadCounts, Workspace, segment_article
from services.alerting.matcher.kernel.word_edges import codes_of
from services.alerting.matcher.kernel.words import AHEAD, HARD, WordArrays
from shared.messages.schemas import FieldName, Span
from shared.text.apostrophes import endings_of
from shared.text.words import SegmentedText, exact_form, normal_form, sentence_starts

_GROWTH: Final = 12
"""The most code points that the two forms of one character take."""
_CODES: Final = "utf-32-le"
Codes = NDArray[np.uint32]
_NO_CODES: Final = np.zeros(0, np.uint32)
_NO_STARTS: Final = np.zeros(0, np.int32)


class ArticleTexts(NamedTuple):
    """The three texts of an article, and the sentences of deck and body."""

    headline: str
    deck: str
    body: str
    deck_sentences: Sequence[Span]
    sentences: Sequence[Span]


class Reader:
    """Reads one article after the other into the same arrays.

    What ``words`` holds is valid until the next ``segment``. ``hard_words`` counts the words that
    Python normalised in the kernel's stead: those with rare characters that change with their
    neighbours.
    """

    words: WordArrays

    def __init__(self) -> None:
        self.alphabet = Alphabet()
        self.hard_words = 0
        self.size = 0
        fields, *numbers = (np.zeros(size, np.int64) for size in (len(FIELDS) + 1, 1, 1, 1))
        self._counts = ReadCounts(fields, *numbers)
        self._make_room(4_096)

    @property
    def fields(self) -> NDArray[np.int64]:
        """Where the words of each text begin, with the number of all words at last."""
        return self._counts.fields

    def segment(self, texts: ArticleTexts, *, with_exact: bool = True, language: str = "") -> None:
        """Fill ``words``; ``size`` is their number.

        Without ``with_exact`` the exact forms are left out. ``language`` says which endings are
        cut after an apostrophe.
        """
        headline, deck, body, deck_sentences, sentences = texts
        codes = [_codes(text) if text else _NO_CODES for text in (headline, deck, body)]
        characters = len(headline) + len(deck) + len(body)
        if characters > self._room:
            self._make_room(2 * characters)
        starts = [
            np.array(sentence_starts(spans), np.int32) if spans else _NO_STARTS
            for spans in (deck_sentences, sentences)
        ]
        endings = _ending_codes(endings_of(language))
        while not segment_article(
            *codes, *starts, self.alphabet.tables, self._work, self.words, self._counts,
            with_exact, endings,
        ):  # fmt: skip
            self._meet(codes)
        self.size = int(self.fields[-1])
        if self._counts.hard[0]:
            self._spell((headline, deck, body), with_exact)

    def segmented(self, texts: ArticleTexts) -> dict[FieldName, SegmentedText]:
        """Return the texts that ``segment`` read last as the plain reading has them."""
        counts, whole = self._counts, Span(start=0, end=len(texts.headline))
        spelt = self.words.spelt[: counts.spelt[0]].tobytes().decode(_CODES, "surrogatepass")
        deck_spans = 1 + len(texts.deck_sentences), 1 + int(counts.deck_paragraphs[0])
        return {
            "headline": self._text(0, texts.headline, spelt, (whole,) if texts.headline else ()),
            "deck": self._text(1, texts.deck, spelt, texts.deck_sentences, (1, 1)),
            "body": self._text(2, texts.body, spelt, texts.sentences, deck_spans),
        }

    def _text(
        self,
        number: int,
        text: str,
        spelt: str,
        sentences: Sequence[Span],
        first_spans: tuple[int, int] = (0, 0),
    ) -> SegmentedText:
        """Return one of the texts; ``first_spans`` are its first sentence and paragraph."""
        words, first_sentence, first_paragraph = self.words, *first_spans
        own = slice(*self.fields[number : number + 2].tolist())
        starts, sizes = words.key[own].tolist(), words.key_size[own].tolist()
        return SegmentedText(
            text,
            words.start[own].tolist(),
            words.end[own].tolist(),
            [spelt[start : start + size] for start, size in zip(starts, sizes, strict=True)],
            (words.sentence[own] - first_sentence).tolist(),
            (words.paragraph[own] - first_paragraph).tolist(),
            frozenset(np.flatnonzero(words.abbreviated[own]).tolist()),
            tuple(sentences),
        )

    def _meet(self, codes: list[Codes]) -> None:
        kinds = self.alphabet.tables.kind
        self.alphabet.add(
            chr(code) for text in codes for code in np.unique(text).tolist() if kinds[code] == UNMET
        )

    def _spell(self, texts: tuple[str, str, str], with_exact: bool) -> None:
        """Normalise the words whose forms are not those of their characters one by one."""
        words, end = self.words, int(self._counts.spelt[0])
        for i in np.flatnonzero(
            (words.key[: self.size] == HARD) | (with_exact & (words.exact[: self.size] == HARD))
        ).tolist():
            self.hard_words += 1
            text = texts[words.field[i]]
            surface, abbreviation = text[words.start[i] : words.end[i]], bool(words.abbreviated[i])
            key = normal_form(surface, abbreviation=abbreviation)
            exact = exact_form(surface, abbreviation=abbreviation)
            self.alphabet.add(key)  # a pattern may ask whether they are letters
            words.key[i], words.key_size[i], words.exact[i], words.exact_size[i] = (
                end,
                len(key),
                end + len(key),
                len(exact),
            )
            words.spelt[end : end + len(key) + len(exact)] = list(map(ord, key + exact))
            end += len(key) + len(exact)
        self._counts.spelt[0] = end

    def _make_room(self, characters: int) -> None:
        self._room = characters
        self._work = Workspace(
            np.zeros(characters + AHEAD, np.uint8),
            *(np.zeros(characters + 1, np.int32) for _ in range(2)),
        )
        numbers = {name: np.zeros(characters, np.int32) for name in WordArrays._fields[:-2]}
        self.words = WordArrays(
            **numbers,
            abbreviated=np.zeros(characters, np.bool_),
            spelt=np.zeros(_GROWTH * characters, np.int32),
        )


@lru_cache
def _ending_codes(endings: frozenset[str]) -> NDArray[np.int64]:
    return codes_of(endings)


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode(_CODES, "surrogatepass"), np.uint32)
