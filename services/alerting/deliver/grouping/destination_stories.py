"""The stories of one destination: where an article belongs, and what it says that is new. Pure.

What a story is, services/alerting/stories decides. Here it is kept for one destination, with what
that destination was told of it; who was told of an article is remembered after its story is closed.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Literal

from services.alerting.deliver.grouping.text_changes import read_changes
from services.alerting.stories.decision import StoryDecision, StoryKind
from services.alerting.stories.from_tagged import story_article
from services.alerting.stories.memory import MAX_QUIET, StoryMemory
from services.alerting.stories.news.sources import source_key
from services.alerting.stories.state import StoryState
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.schemas import Dispatch, Story, TaggedArticle, TextChange

log = get(__name__)

ArticleKind = Literal["first", "rewrite", "reprint", "update", "correction", "withdrawal"]

REMEMBERED: Final = timedelta(days=30)
"""How long it is known who was told of which article; recipients.v1 is kept as long."""
MAX_STORED_BYTES: Final = 400 * 1024
"""A larger memory is not stored: after a restart its story is closed."""
MAX_REOPENED: Final = 150
"""Stories whose memory is read again after a restart, the latest."""
MAX_MEMORY_BYTES: Final = 32 * 1024 * 1024
_FORGOTTEN_AT_ONCE: Final = 2
_FAST: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPlace:
    """An article's place: its story, what it is to it, and the sentences that say something new.

    ``sources`` are the story's independent sources with it, ``origin`` is the one whose words it
    has, and ``changes`` is what a correction changes.
    ``is_worth_a_message``: it says something that the story did not say.
    """

    story_id: str
    kind: ArticleKind
    new_sentences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    origin: str = ""
    changes: tuple[TextChange, ...] = ()
    is_worth_a_message: bool = True


class DestinationStories:
    """The stories of one destination. Give it the stored ones, the oldest first."""

    def __init__(self, stories: Iterable[Story] = ()) -> None:
        self._stories = {story.story_id: story for story in stories}
        self._story_of: dict[str, str] = {}
        # What was told comes first, and then an article's own story, before a burst with it.
        for story in sorted(self._stories.values(), key=_precedence):
            for article_id in story.article_ids:
                self._story_of.setdefault(article_id, story.story_id)
        self._provisional: dict[str, str | None] = {}
        """The articles with a provisional place, each with its story before."""
        self._memory = StoryMemory()
        self._to_reopen = _to_reopen(tuple(self._stories.values()))

    def get(self, story_id: str) -> Story | None:
        """Return a story that something was decided about; None if it is new."""
        return self._stories.get(story_id)

    def reopen(self) -> Iterator[None]:
        """Read what the stored stories have said, one at a time.

        It takes some milliseconds for each article, so whoever has time does it before ``place``.
        """
        while self._to_reopen:
            state = _memory_of(self._to_reopen.pop(0))
            if state is not None:
                self._memory.reopen(state)
            yield

    def has_told(self, article_id: str) -> bool:
        """Return whether the destination was told of a story with this article."""
        story = self._stories.get(self._story_of.get(article_id, ""))
        return story is not None and story.sent_at is not None

    def place(
        self, dispatch: Dispatch, article: TaggedArticle, *, is_provisional: bool = False
    ) -> StoryPlace:
        """Return the article's place. Call it in the order of ``waiting.arrival_order``.

        A provisional one holds until ``roll_back``, or for good once its story is saved.
        """
        for _ in self.reopen():
            pass
        article_id = article.article.article_id
        if dispatch.only_if_notified and not self.has_told(article_id):
            if dispatch.kind == "withdrawal" or not dispatch.alerts:
                return StoryPlace(story_id=dispatch.dispatch_id, kind="withdrawal")
            dispatch = replace(dispatch, kind="article")  # it is the first that comes here
        told = self._story_of.get(article_id)
        if told is not None and self._memory.state_of(told) is None:
            return _closed(told, dispatch, article)  # its story is closed; who was told is known
        decision = self._memory.take(story_article(article), is_provisional=is_provisional)
        if told in self._stories and decision.story_id != told:
            return _closed(told, dispatch, article)  # the memory has just let its story go
        if is_provisional:
            self._provisional.setdefault(article_id, told)
        self._story_of[article_id] = decision.story_id
        return _to_place(decision, dispatch, article)

    def roll_back(self) -> None:
        """Take back the provisional places in stories that were not saved since."""
        self._memory.roll_back()
        for article_id, story_id in self._provisional.items():
            if story_id is None:
                del self._story_of[article_id]
            else:
                self._story_of[article_id] = story_id
        self._provisional.clear()

    def with_memory(self, story: Story, waiting: Collection[str] = ()) -> Story:
        """Return the story with what it has said so far, as it is stored.

        Not with what ``waiting`` articles say: they are placed again after a restart, and would
        find that they say nothing new.
        """
        state = self._memory.state_of(story.story_id)
        if state is not None and waiting:
            told = (each for each in state.articles if each.article.article_id not in waiting)
            state = replace(state, articles=tuple(told))
        memory = b"" if state is None else zlib.compress(codec.encode(state), _FAST)
        return replace(story, memory=memory if len(memory) <= MAX_STORED_BYTES else b"")

    def save(self, story: Story) -> None:
        """Keep a story after a decision."""
        self._stories.pop(story.story_id, None)
        self._stories[story.story_id] = story
        self._memory.settle(story.story_id)
        for article_id in story.article_ids:
            if story.sent_at is not None and not self.has_told(article_id):
                self._story_of[article_id] = story.story_id  # corrections are about what was told
            self._story_of.setdefault(article_id, story.story_id)
            self._provisional.pop(article_id, None)

    def find_expired(self, now: datetime) -> tuple[str, ...]:
        """Return the ids of the oldest stories, if they need not be remembered any longer."""
        oldest = islice(self._stories.values(), _FORGOTTEN_AT_ONCE)
        return tuple(story.story_id for story in oldest if story.seen_at < now - REMEMBERED)

    def forget(self, story_id: str) -> None:
        """Forget a story."""
        for article_id in self._stories.pop(story_id).article_ids:
            if self._story_of.get(article_id) == story_id:
                del self._story_of[article_id]


def _precedence(story: Story) -> tuple[bool, bool]:
    return story.sent_at is None, not story.memory


def _to_reopen(stories: Sequence[Story]) -> list[Story]:
    """Return the stories whose memory is worth reading, oldest first: the latest, not yet quiet."""
    latest = max((story.seen_at for story in stories), default=None)
    if latest is None:
        return []
    open_ones = [story for story in stories if story.memory and latest - story.seen_at <= MAX_QUIET]
    return open_ones[-MAX_REOPENED:]


def _memory_of(story: Story) -> StoryState | None:
    """Return what the story says so far; None if it was not kept, or cannot be read any more."""
    if not story.memory:
        return None
    try:
        return codec.decode(_decompress(story.memory), StoryState)
    except (InvalidMessage, zlib.error) as error:
        log.warning("a story's memory cannot be read", story=story.story_id, because=str(error))
        return None


def _decompress(memory: bytes) -> bytes:
    """Return the stored memory; zlib.error if it is damaged or larger than any that is stored."""
    decompressor = zlib.decompressobj()
    value = decompressor.decompress(memory, MAX_MEMORY_BYTES)
    if not decompressor.eof:
        raise zlib.error("it is cut off, or too large")
    return value


def _to_place(decision: StoryDecision, dispatch: Dispatch, article: TaggedArticle) -> StoryPlace:
    kind, is_worth = _kind(decision, dispatch, article)
    body = article.article.body
    return StoryPlace(
        story_id=decision.story_id,
        kind=kind,
        new_sentences=tuple(body[span.start : span.end] for span in decision.news),
        sources=decision.sources,
        origin=decision.origin,
        changes=_changes(decision, dispatch, article),
        is_worth_a_message=is_worth,
    )


def place_alone(dispatch: Dispatch, article: TaggedArticle) -> StoryPlace:
    """Place an article outside all stories, as what its dispatch says that it is."""
    kinds: dict[str, ArticleKind] = {"revision": "correction", "withdrawal": "withdrawal"}
    return StoryPlace(
        story_id=dispatch.dispatch_id,
        kind=kinds.get(dispatch.kind, "first"),
        sources=(source_key(article.article.source),),
        origin=source_key(article.article.source),
        changes=read_changes(article.article) if dispatch.kind == "revision" else (),
    )


def _closed(story_id: str, dispatch: Dispatch, article: TaggedArticle) -> StoryPlace:
    """Place another version of an article whose story is closed: what follows is still told."""
    if dispatch.kind == "withdrawal":
        return StoryPlace(story_id=story_id, kind="withdrawal")
    is_changed = dispatch.kind == "revision" and _is_changed(article)
    return StoryPlace(
        story_id=story_id,
        kind="correction" if is_changed else "rewrite",
        changes=read_changes(article.article) if is_changed else (),
        is_worth_a_message=is_changed,
    )


def _kind(
    decision: StoryDecision, dispatch: Dispatch, article: TaggedArticle
) -> tuple[ArticleKind, bool]:
    """Return what the article is, and whether it is worth a message.

    A new version of what was received is a correction unless it only adds text. One whose text has
    not changed says nothing.
    """
    if dispatch.kind == "withdrawal" or decision.kind is StoryKind.KILL:
        return "withdrawal", True
    if dispatch.kind != "revision":
        return decision.kind.value, decision.kind.is_news  # type: ignore[return-value]  # no kill
    if not _is_changed(article):
        return "rewrite", False
    has_removed = any(change.removed for change in article.article.changes)
    is_update = decision.kind is StoryKind.UPDATE and not has_removed
    return ("update" if is_update else "correction"), True


def _is_changed(article: TaggedArticle) -> bool:
    return bool(article.article.changes) or article.article.signal == "correction"


def _changes(
    decision: StoryDecision, dispatch: Dispatch, article: TaggedArticle
) -> tuple[TextChange, ...]:
    """Return what changed: in the text itself, or against what another article said."""
    if dispatch.kind == "revision":
        return read_changes(article.article)
    return tuple(
        TextChange(field="body", before=change.before, after=change.after)
        for change in decision.changes
    )
