"""How well copies are told from other articles, beside Jaccard similarity over all pairs.

    python bench/duplicates.py PATH

PATH holds fundus-dev (training/cleaner/examples.py). Each article gets one copy of one of eight
kinds (an agency's reprint, cut short, an excerpt, reworded, reordered, copy-edited, corrected, with
text of another story behind it). Among them are reports of five forms, filled in six times each,
which are no copies. A pair is two articles of one story.
"""

import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Final

from services.cleaner.stories.article_words import article_words
from services.cleaner.stories.index import Stories
from training.cleaner.examples import FUNDUS, examples
from training.cleaner.score import f1

ARTICLES: Final = 60
SHORTEST_WORDS: Final = 150
LONGEST_WORDS: Final = 2500
SIMILAR: Final = 0.5
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_FORMS: Final = (
    (
        "Shares of {n} closed {a}% higher at ${b} on {w}, while the wider index gained {c}%. "
        "Trading volume was {d} million shares, compared with a 30-day average of {e} million. "
        "The company has a market value of ${f} billion. Analysts polled have {g} buy ratings on "
        "the stock."
    ),
    (
        "Weather for {n}: {w} will be cloudy with a high of {a} degrees and a low of {b} degrees. "
        "Wind from the west at {c} km/h. The chance of rain is {d}%. Sunrise is at 6:{e} and "
        "sunset at 18:{f}. The outlook for the rest of the week is mild with temperatures near "
        "{g} degrees."
    ),
    (
        "A magnitude {a} earthquake struck {b} km from {n} on {w}, the geological survey said. "
        "The quake hit at a depth of {c} km at {d}:{e} local time. There were no immediate "
        "reports of damage or casualties. No tsunami warning was issued. The region lies on an "
        "active fault."
    ),
    (
        "The county of {n} reported {a} new cases on {w}, bringing the total to {b}{c}. There "
        "were {d} deaths. A total of {e} people are in hospital, {f} of them in intensive care. "
        "The seven-day incidence is {g}. Health officials urged residents to get tested."
    ),
    (
        "{n} won {a}-{b} on {w} in front of {c}{d} spectators. The home side led {e} at half-time "
        "and the striker scored in the {f}th minute. The visitors, who had won {g} of their last "
        "games, remain low in the table. The next match is on Saturday."
    ),
)
_NAMES: Final = ("Springfield", "Riverton", "Lakeside", "Newport", "Ashford", "Milton")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday")

Pairs = set[tuple[int, int]]


def make_copy(body: str, second: str, kind: int, dice: random.Random) -> str:
    """Return a copy of the body of one of eight kinds."""
    sentences = _SENTENCE.split(body)
    kinds: tuple[Callable[[], str], ...] = (
        lambda: (
            "By A. Writer, Agency\n"
            + " ".join(sentence for sentence in sentences if dice.random() > 0.15)
            + "\n(c) Agency. All rights reserved."
        ),
        lambda: " ".join(sentences[: max(4, len(sentences) * 2 // 5)]),
        lambda: (
            " ".join(sentences[: max(3, len(sentences) // 4)]) + " Read the full story on our site."
        ),
        lambda: " ".join(
            sentence.replace(" the ", " that ").replace(" said", " stated")
            for sentence in sentences
            if dice.random() > 0.2
        ),
        lambda: " ".join(sentences[len(sentences) // 3 :] + sentences[: len(sentences) // 3]),
        lambda: " ".join(word for word in body.split() if dice.random() > 0.06),
        lambda: re.sub(r"\b(\d)\b", lambda result: str((int(result[1]) + 1) % 10), body, count=1),
        lambda: (
            " ".join(sentences[: len(sentences) // 2])
            + " "
            + " ".join(_SENTENCE.split(second)[: max(2, len(sentences) // 4)])
        ),
    )
    return kinds[kind % len(kinds)]()


def collection(bodies: list[str], other_stories: list[str]) -> tuple[list[str], Pairs]:
    """Return articles, copies and reports, shuffled, and the true pairs.

    ``other_stories``: stories that are not in it by themselves.
    """
    dice = random.Random(1)
    articles: list[tuple[int, str]] = []
    for story, body in enumerate(bodies):
        articles += [
            (story, body),
            (story, make_copy(body, other_stories[story % len(other_stories)], story, dice)),
        ]
    for index, form in enumerate(_FORMS * 6):
        figures = {letter: dice.randint(10, 89) for letter in "abcdefg"}
        articles.append(
            (
                len(bodies) + index,
                form.format(n=dice.choice(_NAMES), w=dice.choice(_DAYS), **figures),
            )
        )
    dice.shuffle(articles)
    return [text for _, text in articles], {
        (first, second)
        for first, second in combinations(range(len(articles)), 2)
        if articles[first][0] == articles[second][0]
    }


def by_cleaner(texts: list[str]) -> Pairs:
    """Return the pairs of the stories, which are built article by article."""
    stories = Stories()
    for text in texts:
        stories.add(text)
    return {pair for group in stories.groups() for pair in combinations(group, 2)}


def similar(texts: list[str]) -> Pairs:
    """Return the pairs with a Jaccard similarity of word runs of at least one half."""
    runs = [article_words(text).runs for text in texts]
    pairs: Iterator[tuple[int, int]] = combinations(range(len(texts)), 2)
    return {
        (first, second)
        for first, second in pairs
        if len(runs[first] & runs[second]) >= SIMILAR * len(runs[first] | runs[second])
    }


def main(folder: Path) -> None:
    """Print the table."""
    by_site = {
        example.domain: example.bodies[0]
        for example in examples(folder)
        if example.collection == FUNDUS
    }  # a site may tell a story twice
    usual = [
        body for body in by_site.values() if SHORTEST_WORDS < len(body.split()) < LONGEST_WORDS
    ]
    texts, true = collection(usual[:ARTICLES], usual[ARTICLES:])
    print(
        f"{len(texts)} articles, {len(true)} true pairs\n{'':24}F1      P       R      articles/s"
    )
    for name, system in (("ours", by_cleaner), ("Jaccard, all pairs", similar)):
        start = time.process_time()
        result = system(texts)
        seconds = time.process_time() - start
        precision, recall = len(result & true) / max(1, len(result)), len(result & true) / len(true)
        print(
            f"{name:24}{f1(precision, recall):.4f}  {precision:.4f}  {recall:.4f}  "
            f"{len(texts) / seconds:6.0f}"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        print("nothing to compare: say where the pages are (see the top of this file)")
