"""Staged stories as examples: each article against its true story and the others that are open."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from services.alerting.stories.decision import StoryKind
from services.alerting.stories.joining.choose_story import may_join
from services.alerting.stories.joining.evidence import join_evidence, openings_to_compare
from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.joining.story_index import StoryIndex
from services.alerting.stories.memory import MAX_QUIET, MAX_STORIES
from services.alerting.stories.news.article_novelty import article_novelty
from services.alerting.stories.news.novelty import novelty
from services.alerting.stories.news.sources import find_origin
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.read_article import ReadArticle, read_article
from services.alerting.stories.state import StoryMember
from training.stories.fit import Row
from training.stories.look_alikes import look_alike
from training.stories.staged import StagedArticle

_LOOK_ALIKE_COUNT: Final = 0.25
"""How much an invented row counts beside a staged one."""


_UNRELATED: Final = 0.2
_UNRELATED_COUNT: Final = 0.05
_FORBIDDEN_COUNT: Final = 0.5
_FIRST_COUNT: Final = 3.0
"""How much the rows of an article that opens a story count: there a wrong story costs most."""
_CLONED_AT: Final = frozenset({1, 2, 4})
"""The numbers of members at which a story gets a look-alike."""


@dataclass(frozen=True)
class Moment:
    """An article just before it is added to its true story, which is None if it opens one."""

    staged: StagedArticle
    read: ReadArticle
    story: OpenStory | None
    index: StoryIndex
    rarities: Rarities


def join_groups(articles: Iterable[StagedArticle]) -> Iterator[list[Row]]:
    """Yield for each article its features with each candidate, and whether that is its story."""
    for moment in _moments(articles):
        read, rarities = moment.read, moment.rarities
        own = moment.index.own_weights(read.opening, rarities)
        stories = [
            story
            for story in moment.index.candidates(read.opening, rarities)
            if story is moment.story or may_join(read.opening, story, rarities)
        ]
        evidence = join_evidence(read.opening, stories, own, rarities)
        count = 1.0 if moment.story else _FIRST_COUNT
        yield [
            (features, story is moment.story, count)
            for features, story in zip(evidence, stories, strict=True)
        ]


def forbidden_rows(articles: Iterable[StagedArticle]) -> Iterator[Row]:
    """Yield the features of articles with stories that a rule forbids: they do not belong, either.

    Without them the model learns nothing from the look-alikes that the rules know.
    """
    for moment in _moments(articles):
        read, rarities = moment.read.opening, moment.rarities
        stories = [
            story
            for story in moment.index.candidates(read, rarities)
            if story is not moment.story and not may_join(read, story, rarities)
        ]
        own = moment.index.own_weights(read, rarities)
        for features in join_evidence(read, stories, own, rarities):
            yield features, False, _FORBIDDEN_COUNT


def unrelated_rows(articles: Iterable[StagedArticle]) -> Iterator[Row]:
    """Yield the features of real articles with others that they have few words in common with.

    Nobody marked them: with more in common they may well be one story, and are left out.
    """
    for moment in _moments(articles):
        read, rarities = moment.read.opening, moment.rarities
        stories = moment.index.candidates(read, rarities)
        own = moment.index.own_weights(read, rarities)
        evidence = join_evidence(read, stories, own, rarities)
        for features, story in zip(evidence, stories, strict=True):
            members = openings_to_compare(story)
            likeness = (rarities.cosine(read.all_terms, member.all_terms) for member in members)
            if max(likeness) < _UNRELATED:
                yield features, False, _UNRELATED_COUNT


def look_alike_rows(articles: Iterable[StagedArticle]) -> Iterator[Row]:
    """Yield the features of an invented look-alike of each story with it: they do not belong."""
    for moment in _moments(articles):
        story = moment.story
        if story and story.size in _CLONED_AT:
            read = read_article(look_alike(moment.staged).article)
            own = moment.index.own_weights(read.opening, moment.rarities)
            if may_join(read.opening, story, moment.rarities):
                yield (
                    join_evidence(read.opening, [story], own, moment.rarities)[0],
                    False,
                    _LOOK_ALIKE_COUNT,
                )


def sentence_rows(articles: Iterable[StagedArticle]) -> Iterator[Row]:
    """Yield the features of each sentence of updates, and whether it is new."""
    for moment in _moments(articles):
        if moment.story and moment.staged.kind is StoryKind.UPDATE:
            for number, sentence in enumerate(moment.read.sentences):
                features = novelty(number, moment.read, moment.story, moment.rarities).features
                yield features, (sentence.start, sentence.end) in moment.staged.news, 1.0


def update_rows(articles: Iterable[StagedArticle]) -> Iterator[Row]:
    """Yield the features of each article that joins a story, and whether it is an update."""
    for moment in _moments(articles):
        if moment.story and _is_plain(moment.staged):
            features = [
                novelty(number, moment.read, moment.story, moment.rarities).features
                for number in range(len(moment.read.sentences))
            ]
            evidence = article_novelty(moment.read, moment.story, features, moment.rarities)
            yield evidence, moment.staged.kind is StoryKind.UPDATE, 1.0


def _is_plain(staged: StagedArticle) -> bool:
    return staged.kind not in {StoryKind.CORRECTION, StoryKind.KILL}


def _moments(articles: Iterable[StagedArticle]) -> Iterator[Moment]:
    """Yield each article with what was open before it, then add it to its true story."""
    index, stories = StoryIndex(), dict[str, OpenStory]()
    for staged in articles:
        index.close(staged.article.published_at, MAX_QUIET, MAX_STORIES)
        read = read_article(staged.article)
        true = stories.get(staged.story)
        yield Moment(staged, read, true, index, index.rarities())
        story = true or stories.setdefault(staged.story, OpenStory(staged.article.article_id))
        origin = find_origin(read, story)
        story.add(StoryMember(article=staged.article, kind=staged.kind, origin=origin), read)
        index.add_terms(story, read)
