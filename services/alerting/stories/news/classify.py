"""What an article is to its story: what it withdraws, corrects, adds or repeats."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from services.alerting.stories.decision import FactChange, StoryKind
from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.joining.weights import Features, StoryModel
from services.alerting.stories.news.article_novelty import article_novelty
from services.alerting.stories.news.changed_facts import (
    EarlierSentence,
    SentenceChange,
    compare_sentences,
    is_version,
    may_correct,
)
from services.alerting.stories.news.novelty import novelty
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.publisher_notes import is_correction, is_withdrawal, withdraws
from services.alerting.stories.reading.credits import is_credit
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import ReadSentence
from services.alerting.stories.reading.sketch import containment

REPRINT_SHARE: Final = 0.5
"""How much of an article's runs of words another must have for a reprint."""
NOTICE_SENTENCES: Final = 4
"""A notice that withdraws a report is short."""
MIN_ADDED: Final = 0.25
MIN_ADDED_UNITS: Final = 4
"""How much of a sentence is new at least that an editor added to a reprint."""
_ALIKE_UNITS: Final = 0.5


class ArticleVerdict(NamedTuple):
    """The kind, the numbers of the new sentences, and the facts that are corrected."""

    kind: StoryKind
    news: tuple[int, ...]
    changes: tuple[FactChange, ...] = ()


def classify(
    article: ReadArticle, story: OpenStory, origin: str, rarities: Rarities, model: StoryModel
) -> ArticleVerdict:
    """Return what an article is to a story it belongs to; ``origin`` is whose words it has."""
    features = [
        novelty(number, article, story, rarities).features
        for number in range(len(article.sentences))
    ]
    scores = [model.new.score(each) for each in features]
    new = _new_sentences(article, scores, model.new_at)
    withdrawing = _withdrawing(article, story)
    if withdrawing is not None:
        told = {number for number, each in enumerate(features) if not each["copy"]}
        return ArticleVerdict(StoryKind.KILL, tuple(sorted({*withdrawing, *told})))
    changed = _sentence_changes(article, story, origin)
    corrected = {n: change for n, change in changed.items() if not change.is_rise}
    new = tuple(sorted({*new, *(changed.keys() - corrected.keys())}))
    facts = tuple(fact for change in corrected.values() for fact in change.changes)
    if is_correction(article.article) or article.notes:
        stated = tuple(sorted({*article.notes, *corrected})) or new
        return ArticleVerdict(StoryKind.CORRECTION, stated, facts)
    copied = max(containment(article.runs, member.runs) for member in story.members)
    best = max(scores, default=0.0)
    evidence = article_novelty(article, story, features, rarities)
    is_update = model.update.score(evidence) >= model.update_at
    if corrected and (copied >= REPRINT_SHARE or not is_update):
        return ArticleVerdict(StoryKind.CORRECTION, tuple(sorted(corrected)), facts)
    if copied >= REPRINT_SHARE:
        added = tuple(
            n for n in new if n in changed or _is_added(article.sentences[n], features[n])
        )
        return (
            ArticleVerdict(StoryKind.UPDATE, added)
            if added
            else ArticleVerdict(StoryKind.REPRINT, ())
        )
    if is_update and article.sentences:
        return ArticleVerdict(StoryKind.UPDATE, new or (scores.index(best),))
    return ArticleVerdict(StoryKind.REWRITE, ())


def _is_added(sentence: ReadSentence, features: Features) -> bool:
    """Return whether an editor added a sentence to a reprint."""
    is_long = len(sentence.units) >= MIN_ADDED_UNITS
    return is_long and not features["copy"] and features["uncovered"] >= MIN_ADDED


def _new_sentences(article: ReadArticle, scores: Sequence[float], new_at: float) -> tuple[int, ...]:
    """Return the numbers of the sentences that say something new; a credit says nothing."""
    body = article.article.body
    return tuple(
        number
        for number, (score, sentence) in enumerate(zip(scores, article.sentences, strict=True))
        if score >= new_at and not is_credit(body[sentence.start : sentence.end])
    )


def _withdrawing(article: ReadArticle, story: OpenStory) -> tuple[int, ...] | None:
    """Return the sentences that take a report back, None if the article withdraws nothing."""
    body, sentences = article.article.body, article.sentences
    numbers = tuple(
        number
        for number, sentence in enumerate(sentences)
        if withdraws(body[sentence.start : sentence.end])
    )
    if is_withdrawal(article.article):
        return numbers
    has_report = any(m.article.source == article.article.source for m in story.members)
    return numbers if numbers and has_report and len(sentences) <= NOTICE_SENTENCES else None


def _sentence_changes(
    article: ReadArticle, story: OpenStory, origin: str
) -> dict[int, SentenceChange]:
    """Return by number the sentences that change a fact of the same source or agency."""
    earlier = [
        EarlierSentence(sentence, speaker, is_version(article, speaker))
        for sentence, speaker in story.sentences_of(article.article.source, origin)
    ]
    changed: dict[int, SentenceChange] = {}
    for number, sentence in enumerate(article.sentences):
        change = _change(sentence, earlier)
        if change:
            changed[number] = change
    return changed


def _change(sentence: ReadSentence, earlier: Sequence[EarlierSentence]) -> SentenceChange | None:
    """Return what a sentence changes of the latest one like it; None if one has all its words."""
    if any(sentence.words == other.sentence.words for other in earlier):
        return None
    units = set(sentence.units)
    for other in reversed(earlier):
        if len(units & set(other.sentence.units)) < _ALIKE_UNITS * len(units):
            continue
        if may_correct(sentence, other) and (change := compare_sentences(sentence, other.sentence)):
            return change
    return None
