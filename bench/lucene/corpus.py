"""Articles and rules for bench/matcher.py, the same for both sides: rules as nested lists, the first of each naming its form."""

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
_WORDS_KEPT: Final = 1_000
_WORD: Final = re.compile(r"[a-z]{2,}")
_TOKEN: Final = re.compile(r"[a-z0-9]+")


def articles_of(path: Path | None) -> list[Article]:
    """Those of a JSON file with ``articleBody`` texts, or of the ``*.txt`` files of a folder; where none is given, made-up ones."""
    if path is None:
        return _made_up(200)
    if path.is_file():
        bodies = [one["articleBody"] for one in orjson.loads(path.read_bytes()).values()]
    else:
        bodies = [text.read_text("utf-8") for text in sorted(path.glob("*.txt"))]
    return [_article(number, *_cut(body)) for number, body in enumerate(bodies) if body.strip()]


def _article(number: int, headline: str, body: str) -> Article:
    return headline, body, SOURCES[number % len(SOURCES)], LANGUAGES[number % len(LANGUAGES)]


def _cut(text: str) -> tuple[str, str]:
    """The first line or its first twelve words are the headline; the body ends after a thousand words."""
    headline = " ".join(text.split("\n", 1)[0].split()[:12])
    ends = [found.end() for found in re.finditer(r"\S+", text)]
    return headline, text[: ends[min(_WORDS_KEPT, len(ends)) - 1]]


def _made_up(count: int) -> list[Article]:
    chance = random.Random(7)
    syllables = [
        a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "is")
    ]
    vocabulary = [
        "".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 4))))
        for _ in range(20_000)
    ]
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(vocabulary))))
    return [_article(number, *_cut(_text(chance, vocabulary, weights))) for number in range(count)]


def _text(chance: random.Random, vocabulary: Sequence[str], weights: Sequence[float]) -> str:
    sentences = [
        " ".join(
            chance.choices(vocabulary, cum_weights=weights, k=chance.randint(6, 30))
        ).capitalize()
        + "."
        for _ in range(chance.randint(10, 50))
    ]
    return "\n\n".join(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))


class Rules:
    """Draws rules: half of them about an article at hand, with words that stand near each other there; a quarter of all words are in none."""

    def __init__(self, articles: Sequence[Article], seed: int = 20261127) -> None:
        self._chance = random.Random(seed)
        texts = [_TOKEN.findall(f"{headline} {body}".lower()) for headline, body, *_ in articles]
        self._texts = [text for text in texts if len(text) > 4]
        self.frequency: Counter[str] = Counter(
            word for text in self._texts for word in sorted(set(text))
        )
        common = len(articles) // 4
        self._known: list[str] = [
            word
            for word, count in self.frequency.items()
            if count <= common and _WORD.fullmatch(word)
        ]
        self._weights = list(accumulate(self.frequency[word] ** 0.5 for word in self._known))
        heads = [word[:3] for word in self._known if len(word) > 4]
        self._unknown: list[str] = [
            "".join(self._chance.choices(heads, k=3)) for _ in range(40_000)
        ]

    def draw(self, count: int, *, full: bool = False) -> list[Rule]:
        """So many rules; ``full`` ones also use what Lucene has no query for: sentences, paragraphs, lead(), exact() and tags."""
        forms, weights = zip(*(_SHARED + _OURS if full else _SHARED), strict=True)
        return [
            getattr(self, f"_{form}")(self._text_at_hand())
            for form in self._chance.choices(forms, weights, k=count)
        ]

    def _text_at_hand(self) -> list[str] | None:
        return self._chance.choice(self._texts) if self._chance.random() < 0.5 else None

    def _word(self, text: list[str] | None = None) -> str:
        if text and self._chance.random() < 0.6:
            for word in self._chance.choices(text, k=20):
                if _WORD.fullmatch(word) and self.frequency[word] * 4 <= len(self._texts):
                    return word
        if self._chance.random() < 0.25:
            return self._chance.choice(self._unknown)
        return (
            self._chance.choices(self._known, cum_weights=self._weights)[0]
            if self._chance.random() < 0.6
            else self._chance.choice(self._known)
        )

    def _single(self, text: list[str] | None = None) -> Rule:
        return ["word", self._word(text)]

    def _rare(self, _text: list[str] | None) -> Rule:
        """A word alone is a rule only where it is in few articles."""
        while self.frequency[word := self._word()] * 20 > len(self._texts):
            pass
        return ["word", word]

    def _any(
        self, text: list[str] | None, single: Callable[[list[str] | None], Rule] | None = None
    ) -> Rule:
        size = self._chance.choice((1, 1, 2, 3, 4))
        found = [(single or self._single)(text) for _ in range(size)]
        return found[0] if size == 1 else ["or", found]

    def _phrase(self, text: list[str] | None = None) -> Rule:
        chosen = text or self._chance.choice(self._texts)
        at = self._chance.randrange(max(1, len(chosen) - 4))
        words = chosen[at : at + self._chance.choice((2, 2, 2, 3, 3, 4))]
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
            at = self._chance.randrange(len(text))
            first, *others = [
                word for word in text[at : at + distance] if _WORD.fullmatch(word)
            ] or ["x"]
            if others and others[-1] != first:
                return [form, distance, ["word", first], ["word", others[-1]]]
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
        found = ["headline", self._any(text[:12] if text else None)]
        return found if self._chance.random() < 0.5 else ["and", [found, self._any(text)]]

    def _at_least(self, text: list[str] | None) -> Rule:
        found = ["atleast", self._chance.choice((2, 3, 3, 4, 5)), self._any(text)]
        return found if self._chance.random() < 0.5 else ["and", [found, self._any(text)]]

    def _wild_and(self, text: list[str] | None) -> Rule:
        return ["and", [self._any(text, self._wild), self._any(text)]]

    def _filtered(self, text: list[str] | None) -> Rule:
        found = (
            ["source", self._chance.choice(SOURCES)]
            if self._chance.random() < 0.5
            else ["lang", self._chance.choice(LANGUAGES)]
        )
        return ["and", [self._any(text), found]]

    def _nested(self, text: list[str] | None) -> Rule:
        either = ["or", [self._all(text), ["and", [self._near(text), ["not", self._single()]]]]]
        return ["and", [either, self._any(text)]]

    # Only ours

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
    ("rare", 12), ("phrase", 10), ("phrases", 5), ("all", 22), ("near", 14), ("near_and", 9), ("without", 9), ("headline", 4), ("at_least", 4),
    ("wild_and", 5), ("filtered", 3), ("nested", 2), ("not_near", 1),
]  # fmt: skip
_OURS: Final = [("sentence", 5), ("paragraph", 3), ("lead", 3), ("exact", 3), ("tag", 10)]
