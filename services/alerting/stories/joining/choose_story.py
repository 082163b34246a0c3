"""Which open story an article belongs to, and which it comes near to."""

from collections.abc import Sequence
from typing import NamedTuple

from services.alerting.stories.joining.evidence import join_evidence
from services.alerting.stories.joining.other_event import is_other_event
from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.joining.story_index import StoryIndex
from services.alerting.stories.joining.weights import StoryModel
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.publisher_notes import is_correction, is_withdrawal
from services.alerting.stories.reading.read_article import ReadArticle


class StoryChoice(NamedTuple):
    """The story that an article joins, and another it may belong to; None if there is none."""

    story: OpenStory | None
    near: OpenStory | None


class ScoredStory(NamedTuple):
    """A story with the log-odds that an article belongs to it."""

    score: float
    story: OpenStory


def choose_story(
    article: ReadArticle, index: StoryIndex, rarities: Rarities, model: StoryModel
) -> StoryChoice:
    """Return the best story from ``join_at`` on; versions of one article stay together."""
    if earlier := index.story_of(article.article.article_id):
        return StoryChoice(earlier, None)
    article = article.opening
    candidates = [
        story for story in index.candidates(article, rarities) if may_join(article, story, rarities)
    ]
    own = index.own_weights(article, rarities)
    evidence = join_evidence(article, candidates, own, rarities)
    scored = [
        ScoredStory(model.join.score(features), story)
        for features, story in zip(evidence, candidates, strict=True)
    ]
    scored.sort(key=lambda candidate: (-candidate.score, candidate.story.story_id))
    return _choice(scored, model)


def _choice(scored: Sequence[ScoredStory], model: StoryModel) -> StoryChoice:
    joined = scored[0].story if scored and scored[0].score >= model.join_at else None
    near = next((each for each in scored[bool(joined) :][:1] if each.score >= model.near_at), None)
    return StoryChoice(joined, near.story if near else None)


def may_join(article: ReadArticle, story: OpenStory, rarities: Rarities) -> bool:
    """Return whether nothing forbids it: a correction or kill is about an event before it."""
    if is_correction(article.article) or is_withdrawal(article.article) or article.notes:
        return True
    return not is_other_event(article, story, rarities)
