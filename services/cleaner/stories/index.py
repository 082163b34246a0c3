"""Group articles into stories one by one: each is compared with the likely copies (Broder 1997).

First, likely copies share a band of their MinHash (LSH): 64 bands of two of the signature's 128
numbers, so that a pair with Jaccard similarity j becomes a candidate with probability
1 - (1 - j²)^64, which is .998 at the .3 that makes a copy. An excerpt has little similarity with
the whole; so, second, likely copies share two of the runs of words that a hash samples: an eighth
of them, the same ones in every text. Articles that lie far apart are no copies: an annual event has
last year's announcement. The same articles in the same order give the same stories.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from services.cleaner.stories.article_words import ArticleWords, article_words
from services.cleaner.stories.compare import compare_articles
from services.cleaner.text.signature import signature

ROWS: Final = 2
MAX_APART: Final = timedelta(days=30)
"""Between two copies; as long as the cleaner keeps the texts of a source's articles."""
_MAX_CANDIDATES: Final = 200
"""A band that more articles share says nothing about the pair: the latest ones are compared."""

_SAMPLING: Final = 8
_MIN_SHARED_SAMPLES: Final = 2
_COMMON: Final = 40
"""A run that more articles share is a phrase of the trade."""

Band = tuple[int, ...]


class Stories:
    """The articles added, by number from 0, and the story of each: its first article's number."""

    def __init__(self) -> None:
        self._articles: list[ArticleWords] = []
        self._published: list[datetime | None] = []
        self._story: list[int] = []
        self._bands: defaultdict[Band, list[int]] = defaultdict(list)
        self._samples: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, text: str, published_at: datetime | None = None) -> int:
        """Add an article and return its story.

        It is the article's own number if it is no copy of any before; stories that it joins become
        one. An article without a time may be a copy of any.
        """
        number, article, bands = len(self._articles), article_words(text), _bands(signature(text))
        samples = sorted(run for run in article.runs if crc32(run.encode()) % _SAMPLING == 0)
        candidates = sorted(self._with_band(bands) | self._with_samples(samples))
        copies = [
            candidate
            for candidate in candidates
            if self._is_near(candidate, published_at)
            and compare_articles(self._articles[candidate], article).is_copy
        ]
        self._articles.append(article)
        self._published.append(published_at)
        self._story.append(number)
        for band in bands:
            self._bands[band].append(number)
        for run in samples:
            self._samples[run].append(number)
        for copy in copies:
            self._join(copy, number)
        return self.story_of(number)

    def story_of(self, number: int) -> int:
        """Return the number of the first article of its story."""
        while self._story[number] != number:
            number = self._story[number]
        return number

    def groups(self) -> Iterator[list[int]]:
        """Yield the stories with more than one article, in the order of their first articles."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for number in range(len(self._story)):
            members[self.story_of(number)].append(number)
        yield from (group for group in members.values() if len(group) > 1)

    def _is_near(self, number: int, published_at: datetime | None) -> bool:
        other = self._published[number]
        return not other or not published_at or abs(published_at - other) <= MAX_APART

    def _with_band(self, bands: list[Band]) -> set[int]:
        return {
            number
            for band in bands
            if band in self._bands
            for number in self._bands[band][-_MAX_CANDIDATES:]
        }

    def _with_samples(self, samples: list[str]) -> set[int]:
        sharing = (self._samples[run] for run in samples if run in self._samples)
        rare = (numbers for numbers in sharing if len(numbers) <= _COMMON)
        counts = Counter(number for numbers in rare for number in numbers)
        return {number for number, count in counts.items() if count >= _MIN_SHARED_SAMPLES}

    def _join(self, left: int, right: int) -> None:
        first, second = sorted((self.story_of(left), self.story_of(right)))
        self._story[second] = first


def _bands(numbers: tuple[int, ...]) -> list[Band]:
    return [(start, *numbers[start : start + ROWS]) for start in range(0, len(numbers), ROWS)]
