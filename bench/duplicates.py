"""How well copies are told from other articles, beside plain Jaccard similarity over all pairs.

    python bench/duplicates.py PATH

PATH holds fundus-dev (training/cleaner/examples.py). Each article gets one copy of one of eight kinds (an agency's reprint, cut short, an
excerpt, reworded, reordered, copy-edited, corrected, with text of another story behind it); beside them stand reports of five forms, filled
in six times each, which are no copies. Pairs: two articles of one story.
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
_FORMS: Final = """
Shares of {n} closed {a}% higher at ${b} on {w}, while the wider index gained {c}%. Trading volume was {d} million shares, compared with a
30-day average of {e} million. The company has a market value of ${f} billion. Analysts polled have {g} buy ratings on the stock.

Weather for {n}: {w} will be cloudy with a high of {a} degrees and a low of {b} degrees. Wind from the west at {c} km/h. The chance of rain
is {d}%. Sunrise is at 6:{e} and sunset at 18:{f}. The outlook for the rest of the week is mild with temperatures near {g} degrees.

A magnitude {a} earthquake struck {b} km from {n} on {w}, the geological survey said. The quake hit at a depth of {c} km at {d}:{e} local
time. There were no immediate reports of damage or casualties. No tsunami warning was issued. The region lies on an active fault.

The county of {n} reported {a} new cases on {w}, bringing the total to {b}{c}. There were {d} deaths. A total of {e} people are in hospital,
{f} of them in intensive care. The seven-day incidence is {g}. Health officials urged residents to get tested.

{n} won {a}-{b} on {w} in front of {c}{d} spectators. The home side led {e} at half-time and the striker scored in the {f}th minute. The
visitors, who had won {g} of their last games, remain low in the table. The next match is on Saturday.
""".strip().split("\n\n")
_NAMES: Final = ("Springfield", "Riverton", "Lakeside", "Newport", "Ashford", "Milton")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday")

Pairs = set[tuple[int, int]]


def copied(body: str, other: str, kind: int, dice: random.Random) -> str:
    """A copy of the body of one of eight kinds."""
    said = _SENTENCE.split(body)
    kinds: tuple[Callable[[], str], ...] = (
        lambda: (
            "By A. Writer, Agency\n"
            + " ".join(each for each in said if dice.random() > 0.15)
            + "\n(c) Agency. All rights reserved."
        ),
        lambda: " ".join(said[: max(4, len(said) * 2 // 5)]),
        lambda: " ".join(said[: max(3, len(said) // 4)]) + " Read the full story on our site.",
        lambda: " ".join(
            each.replace(" the ", " that ").replace(" said", " stated")
            for each in said
            if dice.random() > 0.2
        ),
        lambda: " ".join(said[len(said) // 3 :] + said[: len(said) // 3]),
        lambda: " ".join(word for word in body.split() if dice.random() > 0.06),
        lambda: re.sub(r"\b(\d)\b", lambda found: str((int(found[1]) + 1) % 10), body, count=1),
        lambda: (
            " ".join(said[: len(said) // 2])
            + " "
            + " ".join(_SENTENCE.split(other)[: max(2, len(said) // 4)])
        ),
    )
    return kinds[kind % len(kinds)]()


def collection(bodies: list[str], others: list[str]) -> tuple[list[str], Pairs]:
    """Articles, copies and reports, shuffled, and the true pairs. ``others``: stories that are not in it by themselves."""
    dice = random.Random(1)
    told: list[tuple[int, str]] = []
    for story, body in enumerate(bodies):
        told += [(story, body), (story, copied(body, others[story % len(others)], story, dice))]
    for at, form in enumerate(_FORMS * 6):
        figures = {letter: dice.randint(10, 89) for letter in "abcdefg"}
        told.append(
            (len(bodies) + at, form.format(n=dice.choice(_NAMES), w=dice.choice(_DAYS), **figures))
        )
    dice.shuffle(told)
    return [text for _, text in told], {
        (one, other)
        for one, other in combinations(range(len(told)), 2)
        if told[one][0] == told[other][0]
    }


def ours(texts: list[str]) -> Pairs:
    """Pairs of the stories, article by article."""
    stories = Stories()
    for text in texts:
        stories.add(text)
    return {pair for group in stories.groups() for pair in combinations(group, 2)}


def similar(texts: list[str]) -> Pairs:
    """Pairs with Jaccard similarity of word 3-runs of at least one half."""
    runs = [article_words(text).runs for text in texts]
    pairs: Iterator[tuple[int, int]] = combinations(range(len(texts)), 2)
    return {
        (one, other)
        for one, other in pairs
        if len(runs[one] & runs[other]) >= SIMILAR * len(runs[one] | runs[other])
    }


def main(folder: Path) -> None:
    """The table."""
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
    for name, system in (("ours", ours), ("Jaccard, all pairs", similar)):
        start = time.process_time()
        found = system(texts)
        seconds = time.process_time() - start
        precision, recall = len(found & true) / max(1, len(found)), len(found & true) / len(true)
        print(
            f"{name:24}{f1(precision, recall):.4f}  {precision:.4f}  {recall:.4f}  {len(texts) / seconds:6.0f}"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        print("nothing to compare: say where the pages are (see the top of this file)")
