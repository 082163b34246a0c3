"""Whether an article as a whole adds to its story, or tells it again in other words: features.

A rewrite tells the names, figures and days of an article before it again; an update recalls them in
a sentence and has names, figures, quotations or a day of its own. Words of a language that the
story has not had say nothing, so only names, figures and days of such an article count.
"""

from collections.abc import Sequence
from typing import Final

from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.joining.weights import Features
from services.alerting.stories.news.coverage import covers_unit, unit_coverage
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.days import new_days
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import Unit

UPDATE_SIGNS: Final = {
    **dict.fromkeys(
        (
            "headline_new", "lead_new", "body_new", "new_figures", "new_names", "new_day",
            "later_day", "quote", "recalls", "hours", "newest", "contrast", "new_speakers",
            "new_countries", "new_subject",
        ),
        1,
    ),
    **dict.fromkeys(
        ("retold_facts", "retold", "retold_lead", "foreign", "facts_covered", "touched"), -1
    ),
}  # fmt: skip
"""Every feature, and whether it may only count for (1) or against (-1) an update."""

_NAMES: Final = frozenset({"a:", "n:"})
_SUBJECTS: Final = frozenset({"a:", "c:"})
_SAYING_WORDS: Final = """
said says saying told tells announced called wrote according spokesman spokeswoman spokesperson
minister added
"""
_SAYING: Final = frozenset(_SAYING_WORDS.split())
_MOST_SPEAKERS: Final = 2
_MOST_COUNTRIES: Final = 2
_RETOLD_SENTENCE: Final = 0.5
"""Of a sentence's names and figures, how many an article has that tells it again."""
_HOURS: Final = 24.0


def article_novelty(
    article: ReadArticle,
    story: OpenStory,
    sentences: Sequence[Features],
    rarities: Rarities,
) -> dict[str, float]:
    """Return the features of an article; ``sentences`` are those of each sentence."""
    is_foreign = article.article.language not in story.languages()
    new, facts = _facts(article, story)
    later = new_days(article.days, story.days)
    hours = (article.article.published_at - story.latest_at).total_seconds() / 3600
    members = story.members_to_compare()
    retold = [_retold(member, article, rarities) for member in members]
    features = {
        "new_figures": min(3, sum(unit[0][0] == "#" for unit in new)) / 3,
        "new_names": min(3, sum(unit[0][0] != "#" for unit in new)) / 3,
        "facts_covered": 1 - len(new) / len(facts) if facts else 0.5,
        "new_day": float(bool(later)),
        "later_day": float(bool(later and story.days and max(later) > max(story.days))),
        "hours": min(1.0, max(0.0, hours) / _HOURS),
        "retold_facts": max(facts_share for facts_share, _ in retold),
        "touched": max(_touched(member, article) for member in members),
        "new_speakers": min(_MOST_SPEAKERS, _count_new_speakers(article, story)) / _MOST_SPEAKERS,
        "new_countries": min(_MOST_COUNTRIES, len(_countries(article) - story.alternatives))
        / _MOST_COUNTRIES,
        "new_subject": _new_subject(article, story),
        "foreign": float(is_foreign),
    }
    if is_foreign:
        return features
    headline = [rarities.of_unit(unit) for unit in article.headline.units]
    headline_new = [
        rarities.of_unit(unit)
        for unit in article.headline.units
        if not covers_unit(story, unit, article.headline)
    ]
    return features | {
        "headline_new": sum(headline_new) / (sum(headline) or 1.0),
        "lead_new": sentences[0]["uncovered"] if sentences else 0.0,
        "body_new": sum(each["uncovered"] for each in sentences) / max(1, len(sentences)),
        "quote": max((each["quote"] for each in sentences), default=0.0),
        "recalls": max((each["recalls_last"] for each in sentences), default=0.0),
        "newest": max(map(_apartness, sentences), default=0.0),
        "contrast": _apartness(sentences[0]) - _apartness(sentences[-1]) if sentences else 0.0,
        "retold": max(share for _, share in retold),
        "retold_lead": max(unit_coverage(member.lead, article, rarities) for member in members),
    }


def _apartness(sentence: Features) -> float:
    return (sentence["uncovered"] + sentence["uncovered_best"]) / 2


def _facts(article: ReadArticle, story: OpenStory) -> tuple[set[Unit], set[Unit]]:
    """Return the names and figures that the story has not had, and all of the body."""
    new, facts = set[Unit](), set[Unit]()
    for sentence in article.sentences:
        for unit in sentence.units:
            if _is_fact(unit):
                facts.add(unit)
                if not covers_unit(story, unit, sentence):
                    new.add(unit)
    return new, facts


def _retold(member: ReadArticle, article: ReadArticle, rarities: Rarities) -> tuple[float, float]:
    """Return how much of a member's names and figures the article has, and of all its weight."""
    whole = covered = facts = facts_covered = 0.0
    for sentence in member.sentences:
        for unit in sentence.units:
            weight = rarities.of_unit(unit)
            is_covered = covers_unit(article, unit, sentence)
            whole += weight
            covered += weight * is_covered
            if _is_fact(unit):
                facts += weight
                facts_covered += weight * is_covered
    return facts_covered / (facts or 1.0), covered / (whole or 1.0)


def _touched(member: ReadArticle, article: ReadArticle) -> float:
    """Return of how many of a member's sentences the article has most names and figures.

    A rewrite goes through all of them, an update recalls one or two.
    """
    touched = []
    for sentence in member.sentences:
        facts = [unit for unit in sentence.units if _is_fact(unit)]
        if facts:
            covered = sum(covers_unit(article, unit, sentence) for unit in facts)
            touched.append(covered >= _RETOLD_SENTENCE * len(facts))
    return sum(touched) / len(touched) if touched else 0.5


def _count_new_speakers(article: ReadArticle, story: OpenStory) -> int:
    """Return how many names stand in sentences with "said", and not in the story."""
    said = [each for each in article.sentences if not _SAYING.isdisjoint(each.words)]
    return len(
        {
            unit
            for sentence in said
            for unit in sentence.units
            if unit[0][:2] in _NAMES and not covers_unit(story, unit, sentence)
        }
    )


def _countries(article: ReadArticle) -> frozenset[str]:
    return frozenset(term for term in article.alternatives if term[:2] == "c:")


def _new_subject(article: ReadArticle, story: OpenStory) -> float:
    """Return of headline and lead how many begin with an actor or country new to the story."""
    first = [
        next((unit for unit in part.units if unit[0][:2] in _SUBJECTS), None)
        for part in (article.headline, article.lead)
    ]
    return sum(unit is not None and story.alternatives.isdisjoint(unit) for unit in first) / 2


def _is_fact(unit: Unit) -> bool:
    return unit[0][:2] in _NAMES or unit[0][0] == "#"
