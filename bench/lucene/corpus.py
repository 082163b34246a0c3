"""Articles and rules for bench/matcher.py, the same for both sides.

A rule is a nested list; the first item of each list is its form.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import orjson

Rule = list[Any]
Article = tuple[str, str, str, str]
"""Headline, body, source, language."""

SOURCES: Final = ("afp", "nikkei", "reuters", "yonhap")
LANGUAGES: Final = ("en", "en", "en", "de")
_MAX_WORDS: Final = 1_000
_WORD: Final = re.compile(r"[a-z]{2,}")
_TOKEN: Final = re.compile(r"[a-z0-9]+")


def load_articles(path: Path | None) -> list[Article]:
    """Load a JSON file with ``articleBody`` texts or the ``*.txt`` of a folder, or make some up."""
    if path is None:
        return _make_articles(200)
    if path.is_file():
        bodies = [entry["articleBody"] for entry in orjson.loads(path.read_bytes()).values()]
    else:
        bodies = [text.read_text("utf-8") for text in sorted(path.glob("*.txt"))]
    return [
        _article(number, *_headline_and_body(body))
        for number, body in enumerate(bodies)
        if body.strip()
    ]


def _article(number: int, headline: str, body: str) -> Article:
    return headline, body, SOURCES[number % len(SOURCES)], LANGUAGES[number % len(LANGUAGES)]


def _headline_and_body(text: str) -> tuple[str, str]:
    """Return up to twelve words of the first line, and the text up to its thousandth word."""
    headline = " ".join(text.split("\n", 1)[0].split()[:12])
    ends = [word.end() for word in re.finditer(r"\S+", text)]
    return headline, text[: ends[min(_MAX_WORDS, len(ends)) - 1]]


def _make_articles(count: int) -> list[Article]:
    chance = random.Random(7)
    syllables = [
        a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "is")
    ]
    vocabulary = [
        "".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 4))))
        for _ in range(20_000)
    ]
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(vocabulary))))
    return [
        _article(number, *_headline_and_body(_text(chance, vocabulary, weights)))
        for number in range(count)
    ]


def _text(chance: random.Random, vocabulary: Sequence[str], weights: Sequence[float]) -> str:
    sentences = [
        " ".join(
            chance.choices(vocabulary, cum_weights=weights, k=chance.randint(6, 30))
        ).capitalize()
        + "."
        for _ in range(chance.randint(10, 50))
    ]
    return "\n\n".join(" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))


class RuleGenerator:
    """Draws rules at random.

    Half of them are about one article, with words that are near each other in it. A quarter of all
    words are in no article.
    """

    def __init__(self, articles: Sequence[Article], seed: int = 20261127) -> None:
        self._chance = random.Random(seed)
        texts = [_TOKEN.findall(f"{headline} {body}".lower()) for headline, body, *_ in articles]
        self._texts = [text for text in texts if len(text) > 4]
        self.frequency: Counter[str] = Counter(
            word for text in self._texts for word in sorted(set(text))
        )
        common = len(articles) // 4
        self._vocabulary: list[str] = [
            word
            for word, count in self.frequency.items()
            if count <= common and _WORD.fullmatch(word)
        ]
        self._weights = list(accumulate(self.frequency[word] ** 0.5 for word in self._vocabulary))
        heads = [word[:3] for word in self._vocabulary if len(word) > 4]
        self._absent: list[str] = ["".join(self._chance.choices(heads, k=3)) for _ in range(40_000)]

    def draw(self, count: int, *, full: bool = False) -> list[Rule]:
        """Draw ``count`` rules.

        ``full`` includes what Lucene has no query for: W/S, W/P, lead(), exact(), tags.
        """
        forms, weights = zip(*(_SHARED + _FULL if full else _SHARED), strict=True)
        return [
            getattr(self, f"_{form}")(self._draw_text())
            for form in self._chance.choices(forms, weights, k=count)
        ]

    def _draw_text(self) -> list[str] | None:
        return self._chance.choice(self._texts) if self._chance.random() < 0.5 else None

    def _word(self, text: list[str] | None = None) -> str:
        if text and self._chance.random() < 0.6:
            for word in self._chance.choices(text, k=20):
                if _WORD.fullmatch(word) and self.frequency[word] * 4 <= len(self._texts):
                    return word
        if self._chance.random() < 0.25:
            return self._chance.choice(self._absent)
        return (
            self._chance.choices(self._vocabulary, cum_weights=self._weights)[0]
            if self._chance.random() < 0.6
            else self._chance.choice(self._vocabulary)
        )

    def _single(self, text: list[str] | None = None) -> Rule:
        return ["word", self._word(text)]

    def _rare(self, _text: list[str] | None) -> Rule:
        """Return a word that is in few articles: only such a word is a rule by itself."""
        while self.frequency[word := self._word()] * 20 > len(self._texts):
            pass
        return ["word", word]

    def _any(
        self, text: list[str] | None, single: Callable[[list[str] | None], Rule] | None = None
    ) -> Rule:
        size = self._chance.choice((1, 1, 2, 3, 4))
        words = [(single or self._single)(text) for _ in range(size)]
        return words[0] if size == 1 else ["or", words]

    def _phrase(self, text: list[str] | None = None) -> Rule:
        tokens = text or self._chance.choice(self._texts)
        start = self._chance.randrange(max(1, len(tokens) - 4))
        words = tokens[start : start + self._chance.choice((2, 2, 2, 3, 3, 4))]
        return ["phrase", words] if len(words) > 1 else ["word", words[0]]

    def _phrases(self, text: list[str] | None) -> Rule:
        return ["or", [self._phrase(text), self._phrase(text)]]

    def _wild(self, text: list[str] | None = None) -> Rule:
        word = self._word(text)
        if len(word) > 5 and self._chance.random() < 0.8:
            return ["wild", word[: self._chance.randint(4, len(word) - 1)] + "*"]
        return ["wild", word[:-1] + "?"] if len(word) > 2 else ["word", word]

    def _pair(self, form: str, text: list[str] | None) -> Rule:
        distance = self._chance.choice((3, 5, 5, 5, 8, 10))
        if text and self._chance.random() < 0.5:
            start = self._chance.randrange(len(text))
            words = [word for word in text[start : start + distance] if _WORD.fullmatch(word)]
            if words and words[0] != words[-1]:
                return [form, distance, ["word", words[0]], ["word", words[-1]]]
        left = (
            self._phrase(text)
            if self._chance.random() < 0.2
            else self._wild(text)
            if self._chance.random() < 0.1
            else self._any(text)
        )
        return [form, distance, left, self._any(text)]

    def _near(self, text: list[str] | None) -> Rule:
        return self._pair("near" if self._chance.random() < 0.67 else "pre", text)

    def _not_near(self, text: list[str] | None) -> Rule:
        return self._pair("notnear", text)

    def _all(self, text: list[str] | None) -> Rule:
        return ["and", [self._any(text) for _ in range(self._chance.choice((2, 2, 3)))]]

    def _near_and(self, text: list[str] | None) -> Rule:
        return ["and", [self._near(text), self._any(text)]]

    def _without(self, text: list[str] | None) -> Rule:
        unwanted = [["not", self._any(None)] for _ in range(self._chance.choice((1, 1, 2)))]
        return ["and", [self._any(text), self._any(text, self._phrase), *unwanted]]

    def _headline(self, text: list[str] | None) -> Rule:
        part = ["headline", self._any(text[:12] if text else None)]
        return part if self._chance.random() < 0.5 else ["and", [part, self._any(text)]]

    def _at_least(self, text: list[str] | None) -> Rule:
        part = ["atleast", self._chance.choice((2, 3, 3, 4, 5)), self._any(text)]
        return part if self._chance.random() < 0.5 else ["and", [part, self._any(text)]]

    def _wild_and(self, text: list[str] | None) -> Rule:
        return ["and", [self._any(text, self._wild), self._any(text)]]

    def _filtered(self, text: list[str] | None) -> Rule:
        part = (
            ["source", self._chance.choice(SOURCES)]
            if self._chance.random() < 0.5
            else ["lang", self._chance.choice(LANGUAGES)]
        )
        return ["and", [self._any(text), part]]

    def _nested(self, text: list[str] | None) -> Rule:
        either = ["or", [self._all(text), ["and", [self._near(text), ["not", self._single()]]]]]
        return ["and", [either, self._any(text)]]

    # Forms that only summitwire has

    def _sentence(self, text: list[str] | None) -> Rule:
        return self._pair("sentence", text)

    def _paragraph(self, text: list[str] | None) -> Rule:
        return self._pair("paragraph", text)

    def _lead(self, text: list[str] | None) -> Rule:
        return ["lead", self._near(text) if self._chance.random() < 0.5 else self._any(text)]

    def _exact(self, text: list[str] | None) -> Rule:
        return ["and", [["exact", self._word(text).capitalize()], self._any(text)]]

    def _tag(self, text: list[str] | None) -> Rule:
        tag = ["actor", f"a{self._chance.randrange(500)}"]
        return self._chance.choice(
            (["and", [tag, self._any(text)]], ["sentence", 0, tag, self._any(text)])
        )


_SHARED: Final = [
    ("rare", 12), ("phrase", 10), ("phrases", 5), ("all", 22), ("near", 14), ("near_and", 9),
    ("without", 9), ("headline", 4), ("at_least", 4), ("wild_and", 5), ("filtered", 3),
    ("nested", 2), ("not_near", 1),
]  # fmt: skip
_FULL: Final = [("sentence", 5), ("paragraph", 3), ("lead", 3), ("exact", 3), ("tag", 10)]
