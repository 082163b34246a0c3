"""What a sentence says that its story has not said: features from 0 to 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.news.background import recalls
from services.alerting.stories.news.coverage import covers_unit, unit_coverage
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.days import new_days
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import ReadSentence

NEW_SIGNS: Final = {
    **dict.fromkeys(
        (
            "uncovered", "uncovered_best", "new_figures", "new_names", "quote", "new_weight",
            "new_day", "new_words", "denial", "is_first", "rare_word",
        ),
        1,
    ),
    **dict.fromkeys(("copy", "short", "recalls", "recalls_last", "is_last", "old_day"), -1),
}  # fmt: skip
"""Every feature, and whether it may only count for (1) or against (-1) news."""

_COPY: Final = 0.7
_SHORT: Final = 4


@dataclass(frozen=True, slots=True)
class SentenceNovelty:
    """The features of a sentence, and the story's sentence that is most like it."""

    features: dict[str, float]
    closest: ReadSentence | None


def novelty(
    number: int, article: ReadArticle, story: OpenStory, rarities: Rarities
) -> SentenceNovelty:
    """Return the features of an article's sentence against everything that the story said."""
    sentence = article.sentences[number]
    weights = [rarities.of_unit(unit) for unit in sentence.units]
    whole = sum(weights) or 1.0
    new = [
        (unit, weight)
        for unit, weight in zip(sentence.units, weights, strict=True)
        if not covers_unit(story, unit, sentence)
    ]
    best, closest = _best_sentence(sentence, weights, story)
    back = unit_coverage(closest, sentence, rarities) if closest else 0.0
    words = [weight for unit, weight in new if unit[0][:2] in {"k:", "w:"}]
    is_last = number == len(article.sentences) - 1 and number > 0
    does_recall = recalls(article.article.body[sentence.start : sentence.end])
    later = new_days(sentence.days, story.days)
    features = {
        "uncovered": sum(weight for _, weight in new) / whole,
        "uncovered_best": 1 - best / whole,
        "new_figures": min(2, sum(unit[0][0] == "#" for unit, _ in new)) / 2,
        "new_names": min(2, sum(unit[0][:2] in {"a:", "n:"} for unit, _ in new)) / 2,
        "quote": float(sentence.is_quote and bool(words)),
        "new_weight": min(1.0, sum(weight for _, weight in new) / 25),
        "new_day": float(bool(story.days and later)),
        "old_day": float(bool(sentence.days and not later)),
        "new_words": min(1.0, len(words) / 6),
        "rare_word": min(1.0, max(words, default=0.0) / 6),
        "denial": float(
            closest is not None and back > _COPY and sentence.is_negated != closest.is_negated
        ),
        "is_first": float(number == 0),
        "is_last": float(is_last),
        "recalls": float(does_recall),
        "recalls_last": float(does_recall and is_last),
        "copy": float(best / whole * back > _COPY),
        "short": float(len(sentence.units) < _SHORT),
    }
    return SentenceNovelty(features, closest)


def _best_sentence(
    sentence: ReadSentence, weights: Sequence[float], story: OpenStory
) -> tuple[float, ReadSentence | None]:
    """Return the weight that the story's most similar sentence covers, and that sentence."""
    covered: dict[int, float] = {}
    for unit, weight in zip(sentence.units, weights, strict=True):
        numbers = {number for term in unit for number in story.with_term.get(term, ())}
        for number in numbers:
            covered[number] = covered.get(number, 0.0) + weight
    if not covered:
        return 0.0, None
    number = max(covered, key=lambda index: (covered[index], -index))
    return covered[number], story.sentences[number]
