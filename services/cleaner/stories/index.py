"""Stories as they come in, article by article: each new one is compared with those that are likely to be copies (Broder 1997).

Likely is, first, who shares a band of its MinHash (LSH): 64 bands of two of the signature's 128 numbers, so that a pair with Jaccard
similarity j becomes a candidate with probability 1 - (1 - j²)^64, which is .998 at the .3 that makes a copy. An excerpt is little like the
whole; so, second, who shares two of the runs of words that a hash samples: an eighth of them, the same ones in every text. Same articles
in the same order give the same stories.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final
from zlib import crc32

from services.cleaner.stories.article_words import ArticleWords, article_words
from services.cleaner.stories.compare import compared
from services.cleaner.text.signature import signature

ROWS: Final = 2
_MOST_CANDIDATES: Final = 200
"""A band that more articles share says nothing of the pair: the latest ones are looked at."""

_SAMPLED: Final = 8
_SHARED_SAMPLES: Final = 2
_COMMON: Final = 40
"""A run that more articles share is a phrase of the trade."""

Band = tuple[int, ...]


class Stories:
    """All articles seen, by number from 0, and the story of each: the number of its first article."""

    def __init__(self) -> None:
        self._readings: list[ArticleWords] = []
        self._story: list[int] = []
        self._bands: defaultdict[Band, list[int]] = defaultdict(list)
        self._samples: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, text: str) -> int:
        """The article's story: its own number, if it is no copy of any before; stories that it joins become one."""
        number, reading, bands = len(self._readings), article_words(text), _bands(signature(text))
        samples = sorted(run for run in reading.runs if crc32(run.encode()) % _SAMPLED == 0)
        candidates = sorted(self._banded(bands) | self._sampled(samples))
        copies = [other for other in candidates if compared(self._readings[other], reading).is_copy]
        self._readings.append(reading)
        self._story.append(number)
        for band in bands:
            self._bands[band].append(number)
        for run in samples:
            self._samples[run].append(number)
        for other in copies:
            self._join(other, number)
        return self.story_of(number)

    def story_of(self, number: int) -> int:
        """The number of the first article of its story."""
        while self._story[number] != number:
            number = self._story[number]
        return number

    def groups(self) -> Iterator[list[int]]:
        """The stories with more than one article, by their first; articles in their order."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for number in range(len(self._story)):
            members[self.story_of(number)].append(number)
        yield from (group for group in members.values() if len(group) > 1)

    def _banded(self, bands: list[Band]) -> set[int]:
        return {
            number
            for band in bands
            if band in self._bands
            for number in self._bands[band][-_MOST_CANDIDATES:]
        }

    def _sampled(self, samples: list[str]) -> set[int]:
        known = (self._samples[run] for run in samples if run in self._samples)
        shared = Counter(
            number for numbers in known if len(numbers) <= _COMMON for number in numbers
        )
        return {number for number, count in shared.items() if count >= _SHARED_SAMPLES}

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self.story_of(one), self.story_of(other)))
        self._story[second] = first


def _bands(numbers: tuple[int, ...]) -> list[Band]:
    return [(at, *numbers[at : at + ROWS]) for at in range(0, len(numbers), ROWS)]
