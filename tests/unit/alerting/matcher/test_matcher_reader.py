"""The compiled reading of a text is the plain one, in every script."""

import sys
from dataclasses import astuple
from itertools import pairwise
from typing import Any
from unicodedata import category, decomposition

from hypothesis import example, given
from hypothesis import strategies as st

from services.alerting.matcher.characters import UNSTABLE_EXACT, UNSTABLE_KEY, Alphabet
from services.alerting.matcher.reader import ArticleTexts, Reader
from shared.text.normalise import normalise, normalise_exact
from shared.text.words import find_paragraphs, find_sentences, segment_text
from tests.hypothesis_profiles import examples
from tests.language_trees import LANGUAGES, SURFACES

READER = Reader()
PIECES = (
    *SURFACES, "a", "B", "ab", "1", "23", ".", ",", "'", "’", "'s", "’S", "s'", "-", "!", "?",
    "…", "。", "！", '"', "”", ")", "(", "“", "]",
    " ", " ", " ", "\n", "\n\n", "\r\n", "\r", "\u2029", "\u2028", "\u00a0", "\x85", "\t", "_",
    "\u00ad", "\u200b", "\ufeff", "\u200f",
    "\u0301", "\u0308",
    "e\u0301",
    "U.S.", "N.K", "a.m.", "Mr.", "No. ", "no.", "Gen.", "Sept.", "J.", "ß.", "ß.ß.", "İ.", "ŉ",
    "ʼ", "ﬁ.", "Spaß. ",
    "．", "，", "Ｕ．Ｓ．", "ﷺ", "¼",

    "x²", "²", "Trump", "12", "[1]", "[12]", "[", "l’", "L'", "dell'", "qu’", "Un'", "'un", "’ın", "'nin", "’İN",
    "abc", "Ⅷ", "①", "１", "Ⅷ", "ǅ", "ς", "Σ", "ﾊ", "ﾟ", "ﾞ", "か\u3099", "が", "각", "\u1100", "\u1161",
    "\u11a8", "ㄱ", "ㅏ", "नी", "\u093c",
    "ไทย", "ำ", "ที่", "عَر", "שָׁ", "🚀", "🇰🇵",
    "\U0001d400", "\U0002f800", "豈", "々", "〇", "A\u0338", "=\u0338", "\ud800", "K", "Å", "ſ",
    "\u0345", "ᾳ", "Ω",
)  # fmt: skip
"""What words and paragraphs are made of, and what breaks readings that are nearly right."""
hard_texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)


def texts(headline: str, deck: str, body: str) -> ArticleTexts:
    return ArticleTexts(headline, deck, body, find_sentences(deck), find_sentences(body))


def compiled(
    headline: str, deck: str, body: str, language: str = ""
) -> list[list[tuple[Any, ...]]]:
    """Return the words of each text; sentences and paragraphs count from 0 in each."""
    READER.segment(texts(headline, deck, body), language=language)
    words = READER.words

    def form(i: int, at: Any, size: Any) -> str:
        return "".join(map(chr, words.spelt[at[i] : at[i] + size[i]].tolist()))

    numbers = (words.start, words.end, words.sentence, words.paragraph)
    found = []
    for i in range(READER.size):
        start, end, sentence, paragraph = (int(column[i]) for column in numbers)
        found.append(
            (
                start,
                end,
                form(i, words.key, words.key_size),
                form(i, words.exact, words.exact_size),
                sentence,
                paragraph,
            )
        )
    parts = [found[first:last] for first, last in pairwise(READER.fields.tolist())]
    sentences, paragraphs = 1 + len(find_sentences(deck)), 1 + len(find_paragraphs(deck))
    befores = ((0, 0), (1, 1), (sentences, paragraphs))
    return [
        [(*word[:4], word[4] - before[0], word[5] - before[1]) for word in part]
        for part, before in zip(parts, befores, strict=True)
    ]


def plain(headline: str, deck: str, body: str, language: str = "") -> list[list[tuple[Any, ...]]]:
    return [
        [astuple(word) for word in text.words]
        for text in (
            segment_text(headline, one_sentence=True, language=language),
            segment_text(deck, language=language),
            segment_text(body, language=language),
        )
    ]


@examples(2_000)
@given(
    hard_texts.map(lambda text: text[:60]),
    hard_texts.map(lambda text: text[:60]) | st.just(""),
    hard_texts,
    st.sampled_from(LANGUAGES),
)
@example("", "", "a.b\u0301c U.S.\u0301 a's\u200b a.b.c1 N.Korea", "en")
@example("", "", "ㄱGen. Trump", "und")
@example(
    "U.S.", "A. B\n\nC.", "He met Mr\n. Kim. Spaß. Er. At No. (5) he. x.\r\n\r\ny. 。) a", "de"
)
@example("l'U.S.", "", "l’d'Iran’ın Trump2’s Kim[1][2]’s 2018'de Un'un A.B.'nin l's[", "tr")
def test_words_sentences_and_paragraphs_are_those_of_the_plain_reading(
    headline: str, deck: str, body: str, language: str
) -> None:
    """Both readings are equal.

    Offsets, normalised and exact forms, sentence and paragraph numbers, whatever the characters.
    """
    assert compiled(headline, deck, body, language) == plain(headline, deck, body, language)


@examples(2_000)
@given(
    hard_texts.map(lambda text: text[:60]),
    hard_texts.map(lambda text: text[:60]) | st.just(""),
    hard_texts,
    st.sampled_from(LANGUAGES),
    st.booleans(),
)
def test_texts_made_of_the_kernels_words_are_those_of_the_plain_reading(
    headline: str, deck: str, body: str, language: str, with_exact: bool
) -> None:
    """Every column is the same, with or without the exact forms that only some rules ask for."""
    READER.segment(texts(headline, deck, body), with_exact=with_exact, language=language)
    expected = {
        "headline": segment_text(headline, one_sentence=True, language=language),
        "deck": segment_text(deck, language=language),
        "body": segment_text(body, language=language),
    }
    segmented = READER.segmented(texts(headline, deck, body))
    assert segmented == expected
    for name, text in segmented.items():
        assert text.words == expected[name].words
        assert text.positions == expected[name].positions


def test_a_longer_text_than_any_before_is_read_whole() -> None:
    """Room grows with the text, and what was read before leaves nothing behind."""
    long = "İstanbul’s U.S. e\u0301te\u0301 김정은이. " * 5_000
    assert compiled(long, long, long) == plain(long, long, long)
    assert compiled("a", "", "") == plain("a", "", "")


NEIGHBOURS = (
    "a",
    "가",
    "가\u11a8",
    "か",
    "\u0928",
    "\u0930",
    "\u09c7",
    "\u1025",
    "é",
    "\u1100",
    "=",
    "x\u0327",
)


def test_characters_are_called_stable_only_where_no_neighbour_changes_them() -> None:
    """Unstable ones are flagged.

    Of all characters that Unicode takes apart or sets above others: the form of two in a row is
    that of each, or a flag says otherwise.
    """
    every = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if decomposition(chr(code)) or category(chr(code))[0] == "M" or 0x1100 <= code < 0x1200
    ]
    alphabet = Alphabet()
    alphabet.add(every)
    flags = alphabet.tables.flags
    for before in NEIGHBOURS:
        key, exact = normalise(before), normalise_exact(before)
        changed = {
            c
            for c in every
            if normalise(before + c) != key + normalise(c) and not flags[ord(c)] & UNSTABLE_KEY
        }
        changed |= {
            c
            for c in every
            if normalise_exact(before + c) != exact + normalise_exact(c)
            and not flags[ord(c)] & UNSTABLE_EXACT
        }
        assert changed == set()


def test_plain_news_needs_no_python() -> None:
    """The kernel spells Latin with accents, Cyrillic, Han, Kana and Hangul.

    Only characters that merge with their neighbours are left to Python.
    """
    reader = Reader()
    reader.segment(
        texts(
            "Zürich, İstanbul, Straße. Ende",
            "Ein Zürcher",
            "Президент. 金正恩委員長はトランプ。"
            "김정은 위원장이 말했다. O’Brien’s U.S. Spaß. Dann J. Kim",
        )
    )
    assert reader.hard_words == 0
    reader.segment(texts("", "", "e\u0301te\u0301"))
    assert reader.hard_words == 1
