"""A publisher who edits, renames, moves and re-orders, against a model: each version comes once."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.feed_publisher import BEGIN, Item, Publisher, page_of
from tests.hypothesis_profiles import examples

WORDS = ("arrive", "land", "meet", "speak", "leave", "agree", "differ", "wait", "return", "sign")
MOST = 12


@dataclass
class Story:
    """An article of the publisher as it lists it now. ``is_changed``: since it was last polled."""

    number: int
    guid: str
    date: datetime
    words: str
    verb: str
    version: int = 1
    headline: int = 1
    prefix: str = "https://"
    ending: str = ""
    is_listed: bool = True
    is_twice: bool = False
    is_changed: bool = False

    @property
    def title(self) -> str:
        return f"Leaders {self.words} in Hanoi for the summit, take {self.headline}"

    @property
    def path(self) -> str:
        return f"leaders-{self.verb}-in-hanoi-{10_000 + self.number}"

    @property
    def link(self) -> str:
        return f"{self.prefix}wire.example/world/{self.path}{self.ending}"

    def items(self) -> list[Item]:
        item = Item(link=self.link, guid=self.guid, title=self.title, date=self.date)
        top = f"https://wire.example/top/{self.path}"
        twin = Item(link=top, guid=f"top:{self.guid}", title=self.title, date=self.date)
        return [item, twin] if self.is_twice else [item]


class PublisherModel(RuleBasedStateMachine):
    """The model: which versions were listed, and under which uri each article came first."""

    def __init__(self) -> None:
        super().__init__()
        self.stories = list[Story]()
        self.reader = Publisher()
        self.clock = BEGIN
        self.expected = Counter[tuple[int, int, int]]()
        self.uris = dict[int, str]()

    def tick(self) -> datetime:
        self.clock += timedelta(seconds=90)
        return self.clock

    def pick(self, number: int) -> Story:
        return self.stories[number % len(self.stories)]

    @precondition(lambda self: len(self.stories) < MOST)
    @rule(word=st.sampled_from(WORDS), reuse=st.booleans())
    def publish(self, word: str, reuse: bool) -> None:
        """Publish an article; its id may be that of one that is gone from the list."""
        number = len(self.stories)
        gone = [story.guid for story in self.stories if not story.is_listed]
        guid = gone[-1] if reuse and gone else f"wire:{number}"
        self.stories.append(Story(number, guid, self.tick(), word, word))

    @precondition(lambda self: self.stories)
    @rule(number=st.integers(0, MOST))
    def edit(self, number: int) -> None:
        """Change the text; the date says so."""
        story = self.pick(number)
        story.version, story.date = story.version + 1, self.tick()

    @precondition(lambda self: self.stories)
    @rule(number=st.integers(0, MOST))
    def write_another_headline(self, number: int) -> None:
        story = self.pick(number)
        if not story.is_changed:
            story.headline, story.is_changed = story.headline + 1, True

    @precondition(lambda self: self.stories)
    @rule(number=st.integers(0, MOST), verb=st.sampled_from(WORDS))
    def move_address(self, number: int, verb: str) -> None:
        """Edit the slug; the id stays."""
        story = self.pick(number)
        is_unique = [each.guid for each in self.stories].count(story.guid) == 1
        if story.is_listed and is_unique and not (story.is_changed or story.is_twice):
            story.verb, story.is_changed = verb, True

    @precondition(lambda self: self.stories)
    @rule(number=st.integers(0, MOST))
    def rename_id(self, number: int) -> None:
        story = self.pick(number)
        if not story.is_changed:
            story.guid, story.is_changed = f"{story.guid}x", True

    @rule()
    def rename_all_ids(self) -> None:
        if not any(story.is_changed for story in self.stories):
            for story in self.stories:
                story.guid, story.is_changed = f"cms:{story.guid}", True

    @precondition(lambda self: self.stories)
    @rule(
        number=st.integers(0, MOST),
        prefix=st.sampled_from(["http://", "https://", "https://www.", "http://m."]),
        ending=st.sampled_from(["", "/", "?utm_medium=rss", "#top", "?amp=1"]),
    )
    def respell(self, number: int, prefix: str, ending: str) -> None:
        story = self.pick(number)
        story.prefix, story.ending = prefix, ending

    @rule()
    def move_all_dates(self) -> None:
        now = self.tick()
        for story in self.stories:
            story.date = now

    @rule(random=st.randoms(use_true_random=False))
    def reorder(self, random: object) -> None:
        random.shuffle(self.stories)  # type: ignore[attr-defined]

    @precondition(lambda self: self.stories)
    @rule(number=st.integers(0, MOST))
    def hide_or_show(self, number: int) -> None:
        story = self.pick(number)
        is_shared = [each.guid for each in self.stories].count(story.guid) > 1
        story.is_listed = not story.is_listed or is_shared

    @precondition(lambda self: self.stories)
    @rule(number=st.integers(0, MOST))
    def list_twice(self, number: int) -> None:
        self.pick(number).is_twice = not self.pick(number).is_changed

    @rule()
    def poll(self) -> None:
        listed = [story for story in self.stories if story.is_listed]
        for story in listed:
            text = page_of(f"Article {story.number}, version {story.version}.")
            story.is_changed = False
            for item in story.items():
                self.reader.pages[item.link] = text
                self.reader.pages[item.link.partition("?")[0].partition("#")[0]] = text
        items = [item for story in listed for item in story.items()]
        asyncio.run(self.reader.poll(*items))
        assert self.reader.result.waiting == 0
        for story in listed:
            self.expected[story.number, story.version, story.headline] = 1

    @invariant()
    def each_version_came_once(self) -> None:
        arrived = Counter[tuple[int, int, int]]()
        for article in self.reader.articles:
            number, version = (int(part) for part in _figures(article.content))
            headline = int((article.headline or "").rpartition(" ")[2])
            arrived[number, version, headline] += 1
            assert self.uris.setdefault(number, article.uri) == article.uri
        assert arrived == self.expected
        assert len(set(self.uris.values())) == len(self.uris)


def _figures(content: bytes) -> tuple[bytes, bytes]:
    """Return the numbers of the article and of the version that a page states."""
    text = content.partition(b"Article ")[2].partition(b".")[0]
    number, _, version = text.partition(b", version ")
    return number, version


TestPublisherModel = PublisherModel.TestCase
TestPublisherModel.settings = examples(1_000, stateful_step_count=30)
