"""The open stories by the terms that they have, for finding those that an article may belong to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.rarity import rarity
from services.alerting.stories.reading.read_article import ReadArticle

CANDIDATES: Final = 8
_COMMON: Final = 60
"""A term of more stories says little about one, unless it is a name."""
_COMMON_RARITY: Final = 2.0
"""What a term weighs that is in many articles, and in one open story by chance."""
_OWN_STORIES: Final = 1
_TAGGED_WEIGHT: Final = 0.4
"""Actors and countries are in many stories to come; a name that nobody knows is a story's own."""


class OwnWeight(NamedTuple):
    """How much of an article's weight only one story has: by names and figures, and by words.

    A rare word is a topic, and two stories may share it ("penguin"); a rare name is the story's.
    """

    names: float = 0.0
    words: float = 0.0


class StoryIndex:
    """The open stories by id, and by term."""

    def __init__(self) -> None:
        self.stories: dict[str, OpenStory] = {}
        self._of_article: dict[str, str] = {}
        self._with_term: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def add_terms(self, story: OpenStory, article: ReadArticle) -> None:
        """Note that a story has the terms of an article."""
        self.stories[story.story_id] = story
        self._of_article[article.article.article_id] = story.story_id
        for term in article.opening.all_terms:
            self._with_term[term][story.story_id] = None

    def remove(self, story_id: str) -> None:
        """Forget a story."""
        story = self.stories.pop(story_id)
        for member in story.members:
            self._of_article.pop(member.article.article_id, None)
        for term in story.counts:
            holders = self._with_term[term]
            holders.pop(story_id, None)
            if not holders:
                del self._with_term[term]

    def story_of(self, article_id: str) -> OpenStory | None:
        """Return the story that has a version of the article."""
        return self.stories.get(self._of_article.get(article_id, ""))

    def close(self, now: datetime, max_quiet: timedelta, max_stories: int) -> Sequence[OpenStory]:
        """Forget stories untouched for long, and the oldest, so that there is room for one more.

        Return those that are forgotten.
        """
        stories = self.by_age()
        excess = len(stories) - max_stories + 1
        closed = [
            story
            for number, story in enumerate(stories)
            if number < excess or now - story.latest_at > max_quiet
        ]
        for story in closed:
            self.remove(story.story_id)
        return closed

    def by_age(self) -> list[OpenStory]:
        """Return the stories, the longest untouched first."""
        return sorted(self.stories.values(), key=lambda story: (story.latest_at, story.story_id))

    def rarities(self) -> Rarities:
        """Return the weights of terms among the stories that are open now."""
        stories = len(self.stories)
        return Rarities(lambda term: rarity(term, stories, len(self._with_term.get(term, ()))))

    def candidates(self, article: ReadArticle, rarities: Rarities) -> list[OpenStory]:
        """Return the stories that share most with the article, the best first."""
        scores: defaultdict[str, float] = defaultdict(float)
        for term in article.all_terms:
            holders = self._with_term.get(term, {})
            if len(holders) <= _COMMON or term[:2] == "n:":
                weight = rarities[term] ** 2
                for story_id in holders:
                    scores[story_id] += weight
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]
        return [self.stories[story_id] for story_id, _ in best]

    def own_weights(self, article: ReadArticle, rarities: Rarities) -> Mapping[str, OwnWeight]:
        """Return by story id how much of the article's weight only that story has, up to 1.

        Terms that many articles have weigh nothing here.
        """
        names, words = defaultdict[str, float](float), defaultdict[str, float](float)
        for term, holder in self._sole_holders(article):
            weight = max(0.0, rarities[term] - _COMMON_RARITY)
            if term[0] in "kw":
                words[holder] += weight
            else:
                names[holder] += weight * (_TAGGED_WEIGHT if term[:2] in {"a:", "c:"} else 1.0)
        whole = sum(max(0.0, rarities[term] - _COMMON_RARITY) for term in article.all_terms) or 1.0
        return {
            holder: OwnWeight(names[holder] / whole, words[holder] / whole)
            for holder in {**names, **words}
        }

    def _sole_holders(self, article: ReadArticle) -> Iterator[tuple[str, str]]:
        for term in article.all_terms:
            holders = self._with_term.get(term)
            if holders and len(holders) == _OWN_STORIES:
                yield term, next(iter(holders))
