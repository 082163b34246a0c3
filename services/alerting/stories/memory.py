"""The stories of one destination: articles in order → what each is to its story. Pure.

The same articles in the same order give the same decisions, and a memory restored from its state
decides as the one it was taken from.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from services.alerting.stories.article import StoryArticle
from services.alerting.stories.decision import StoryDecision, StoryKind
from services.alerting.stories.joining.choose_story import choose_story
from services.alerting.stories.joining.story_index import StoryIndex
from services.alerting.stories.joining.weights import StoryModel, story_model
from services.alerting.stories.news.classify import ArticleVerdict, classify
from services.alerting.stories.news.sources import find_origin, name_agency
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.publisher_notes import is_withdrawal
from services.alerting.stories.reading.credits import is_credit
from services.alerting.stories.reading.read_article import ReadArticle, read_article
from services.alerting.stories.state import StoryMember, StoryMemoryState, StoryState, trim
from shared.messages.schemas import Span

MAX_STORIES: Final = 400
MAX_QUIET: Final = timedelta(days=6)
"""A story that nobody added to for longer is closed: of staged stories, one in 30 went on then."""
MAX_MEMBERS: Final = 30
"""Of a story; of more, those that brought no news are forgotten first."""


class StoryMemory:
    """The open stories of one destination."""

    def __init__(
        self,
        state: StoryMemoryState | None = None,
        *,
        model: StoryModel | None = None,
        max_stories: int = MAX_STORIES,
        max_quiet: timedelta = MAX_QUIET,
    ) -> None:
        self._model = model or story_model()
        self._max_stories, self._max_quiet = max_stories, max_quiet
        self._index = StoryIndex()
        self._before: dict[str, OpenStory | None] = {}
        """The stories as they were before provisional articles; None: not open."""
        for story in (state or StoryMemoryState()).stories:
            self.reopen(story)

    def take(self, article: StoryArticle, *, is_provisional: bool = False) -> StoryDecision:
        """Add an article to its story, or open one with it, and say what it is to the story.

        One that is provisional is taken out again by ``roll_back`` unless its story is settled.
        """
        closed = self._index.close(article.published_at, self._max_quiet, self._max_stories)
        if is_provisional:
            for quiet in closed:
                self._before.setdefault(quiet.story_id, quiet)
        read = read_article(article)
        rarities = self._index.rarities()
        choice = choose_story(read, self._index, rarities, self._model)
        story = choice.story or OpenStory(article.article_id)
        if is_provisional and story.story_id not in self._before:
            self._before[story.story_id] = choice.story
            story = self._copy(story) if choice.story else story
        origin = find_origin(read, story)
        if choice.story:
            verdict = classify(read, story, origin, rarities, self._model)
        else:
            verdict = _first(read)
        name_agency(read, origin, story)
        self._add(story, StoryMember(article=trim(article), kind=verdict.kind, origin=origin), read)
        return StoryDecision(
            article_id=article.article_id,
            story_id=story.story_id,
            kind=verdict.kind,
            news=_spans(read, verdict.news),
            sources=story.sources(),
            origin=origin,
            near_story=choice.near.story_id if choice.near else None,
            changes=verdict.changes,
        )

    def settle(self, story_id: str) -> None:
        """Keep the provisional articles of a story."""
        self._before.pop(story_id, None)

    def roll_back(self) -> None:
        """Take out the provisional articles of stories that were not settled."""
        for story_id in self._before.keys() & self._index.stories.keys():
            self._index.remove(story_id)
        for before in filter(None, self._before.values()):
            for member in before.members:
                self._index.add_terms(before, member)
        self._before.clear()

    def state(self) -> StoryMemoryState:
        """Return what to store, from which the memory can be restored."""
        return StoryMemoryState(
            stories=tuple(
                state
                for story in self._index.by_age()
                if (state := self.state_of(story.story_id)) is not None
            )
        )

    def state_of(self, story_id: str) -> StoryState | None:
        """Return what to store of one story; None if it is not open."""
        story = self._index.stories.get(story_id)
        if story is None:
            return None
        return StoryState(story_id=story_id, articles=tuple(story.records))

    def _add(self, story: OpenStory, record: StoryMember, read: ReadArticle) -> None:
        story.add(record, read)
        self._index.add_terms(story, read)
        if story.size > MAX_MEMBERS:
            self._drop_member(story)

    def _copy(self, story: OpenStory) -> OpenStory:
        """Put a copy of a story into the story's place, and return it."""
        self._index.remove(story.story_id)
        copy = OpenStory(story.story_id)
        for record, read in zip(story.records, story.members, strict=True):
            self._add(copy, record, read)
        return copy

    def _drop_member(self, story: OpenStory) -> None:
        """Forget the oldest member after the first that brought no news, or else the oldest."""
        later = range(1, story.size)
        oldest = next((n for n in later if not story.records[n].kind.is_news), 1)
        self._index.remove(story.story_id)
        remaining = OpenStory(story.story_id)
        for number, (record, read) in enumerate(zip(story.records, story.members, strict=True)):
            if number != oldest:
                self._add(remaining, record, read)

    def reopen(self, state: StoryState) -> None:
        """Open a stored story again, as the latest one; call it before the first ``take``."""
        story = OpenStory(state.story_id)
        for record in state.articles:
            self._add(story, record, read_article(record.article))


def _first(article: ReadArticle) -> ArticleVerdict:
    kind = StoryKind.KILL if is_withdrawal(article.article) else StoryKind.FIRST
    body = article.article.body
    return ArticleVerdict(
        kind,
        tuple(
            number
            for number, sentence in enumerate(article.sentences)
            if not is_credit(body[sentence.start : sentence.end])
        ),
    )


def _spans(article: ReadArticle, numbers: Iterable[int]) -> tuple[Span, ...]:
    sentences = (article.sentences[number] for number in numbers)
    return tuple(Span(start=sentence.start, end=sentence.end) for sentence in sentences)
