"""Articles of a source, one after the other: what its memory does to each, and replays."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from services.cleaner.apply_source_memory import FinishedArticle, apply_source_memory
from services.cleaner.candidate import Candidate, build_candidate
from services.cleaner.versions.retention import MAX_TEXTS
from shared.base.outcomes import Drop, InvalidMessage
from shared.messages import codec
from shared.messages.ids import article_id
from shared.messages.schemas import ArticleHistory, CleanArticle, RawArticle, SourceMemory
from shared.stream.state_store import StateStore
from tests.builders import build_raw_article
from tests.hypothesis_profiles import examples
from tests.unit.cleaner.conftest import STORY

BuildRaw = Callable[..., RawArticle]
MENU = "North Korea Nuclear Talks World"
OFFER = "Get the best of our coverage every morning before anybody else does."


@lru_cache(maxsize=64)
def _candidate(raw: RawArticle) -> Candidate | Drop:
    return build_candidate(raw)


class Source:
    """A partition of one source: articles in, clean articles out, in this process."""

    def __init__(self, raw: BuildRaw) -> None:
        self._raw, self.state, self.calls = raw, StateStore(), list[str]()

    def raw(self, number: int, *lines: str, **overrides: Any) -> RawArticle:
        text = (
            f"Report {number} on the state of things\n\nReport number {number} says that figure "
            f"{number} rose again on Monday, officials said.\n\n"
        )
        return self._raw(text + "\n\n".join(lines) + "\n", uri=f"urn:test:{number}", **overrides)

    def process(self, raw: RawArticle) -> CleanArticle:
        return codec.decode(self.finish(raw).value, CleanArticle)

    def finish(self, raw: RawArticle) -> FinishedArticle:
        first = _candidate(raw)
        assert not isinstance(first, Drop)
        with self.state.all_or_nothing():
            finish = asyncio.run(
                apply_source_memory(codec.encode(raw), first, self.state, self._call)
            )
        assert isinstance(finish, FinishedArticle), finish
        return finish

    async def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self.calls.append(function.__name__)
        return function(*arguments)

    def restart(self) -> None:
        """Continue in another process from what was committed."""
        self.state.commit()
        self.state = StateStore(dict(self.state.items()))

    def snapshot(self) -> dict[bytes, bytes | None]:
        return dict(self.state.changes)

    def history(self, number: int) -> ArticleHistory:
        return codec.decode(
            self.state.get(f"test/{article_id(f'urn:test:{number}')}".encode()), ArticleHistory
        )

    def memory(self) -> SourceMemory:
        return codec.decode(self.state.get(b"test"), SourceMemory)


@pytest.fixture
def source(raw: BuildRaw) -> Source:
    return Source(raw)


def marked_lines(article: CleanArticle) -> list[str]:
    return [article.body[span.start : span.end] for span in article.repeated]


def test_a_menu_goes_once_the_source_is_known(source: Source) -> None:
    """A menu is marked in the second article and removed from the third on.

    A sentence follows one article later. Removed lines say why.
    """
    articles = [source.process(source.raw(number, OFFER, MENU)) for number in range(4)]
    assert [[line in article.body for line in (MENU, OFFER)] for article in articles] == [
        [True, True],
        [True, True],
        [False, True],
        [False, False],
    ]
    assert [marked_lines(article) for article in articles] == [[], [MENU], [OFFER], []]
    assert {line.text: line.why for line in articles[3].dropped} == dict.fromkeys(
        (MENU, OFFER), "in other articles of this source"
    )


def test_a_page_keeps_all_and_is_marked(source: Source) -> None:
    """Lines of pages are never removed, because the block model decides there."""
    page = (
        "<html><body><article><h1>Talks go on in Hanoi today</h1>{}<p>{}</p></article></body>"
        "</html>"
    )
    paragraphs = "".join(
        (
            f"<p>Both sides said on Monday that item {{0}} of list {number} would be looked at "
            "again.</p>"
        )
        for number in range(6)
    )
    raws = [
        replace(
            source.raw(number),
            content=page.format(paragraphs.format(number), OFFER).encode(),
            content_type="text/html",
        )
        for number in range(6)
    ]
    articles = [source.process(raw) for raw in raws]
    assert all(OFFER in article.body for article in articles)
    assert [marked_lines(article) for article in articles] == [[], [], *[[OFFER]] * 4]
    assert "rebuild_candidate" not in source.calls


def test_an_article_of_known_lines_alone_is_kept(source: Source) -> None:
    """Memory never removes a whole article: it marks what it would remove."""
    for number in range(6):
        source.process(source.raw(number, OFFER, MENU))
    article = source.process(replace(source.raw(7), content=f"{OFFER}\n\n{MENU}\n".encode()))
    assert OFFER in article.body
    assert marked_lines(article) == [OFFER, MENU]


def test_what_comes_again_gives_the_same_bytes_and_changes_nothing(source: Source) -> None:
    """A replay in any order gives the same messages, whatever was learnt since."""
    raws = [source.raw(number, OFFER, MENU) for number in range(8)] + [
        source.raw(3, OFFER, MENU, "A date was named.")
    ]
    first = [source.finish(raw) for raw in raws]
    before = source.snapshot()
    for raw, finish in reversed(list(zip(raws, first, strict=True))):
        again = source.finish(raw)
        assert (again.value, again.kind) == (finish.value, "again")
    assert source.snapshot() == before
    assert [entry.kind for entry in first] == ["new"] * 8 + ["version"]


def test_an_article_that_is_fetched_again_counts_once(source: Source) -> None:
    """The same words at another time count once."""
    for _ in range(4):
        article = source.process(source.raw(1, OFFER, MENU))
    assert (article.version, marked_lines(article), source.memory().articles) == (1, [], 1)


def test_a_changed_article_is_its_next_version(source: Source) -> None:
    """It says what it replaces and what has changed, word by word.

    Its lines were counted already, and do not count again.
    """
    first = source.process(source.raw(1, "The date is open, both said."))
    second = source.process(source.raw(1, "The date is set, both said.", headline="A date is set"))
    assert (second.article_id, second.version, second.replaces) == (
        first.article_id,
        2,
        first.revision,
    )
    assert [(entry.field, entry.removed) for entry in second.changes] == [
        ("headline", first.headline),
        ("body", "open"),
    ]
    assert [
        second.body[entry.start : entry.end] for entry in second.changes if entry.field == "body"
    ] == ["set"]
    third = source.process(source.raw(1, "The date is set, both said.", "In Hanoi."))
    assert (third.version, third.replaces) == (3, second.revision)
    assert (source.memory().articles, len(source.history(1).versions)) == (1, 3)


def test_another_deck_is_another_version(source: Source) -> None:
    """Its change is in the deck; a deck that goes is removed text."""

    def page(deck: str) -> RawArticle:
        description = f"<meta property=og:description content='{deck}'>" if deck else ""
        paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
        text = (
            f"<html lang=en><head><title>Talks go on</title>{description}</head><body><article>"
            f"<h1>Talks go on</h1>{paragraphs}</article></body></html>"
        )
        return build_raw_article(text, source="test", uri="urn:test:1", content_type="text/html")

    first = source.process(page("Both capitals want inspectors to return before winter."))
    second = source.process(page("Both capitals want inspectors to return before spring."))
    assert (second.version, second.replaces) == (2, first.revision)
    assert [(entry.field, entry.removed) for entry in second.changes] == [("deck", "winter")]
    entry = second.changes[0]
    assert second.deck[entry.start : entry.end] == "spring"
    third = source.process(page(""))
    assert (third.version, third.deck) == (3, "")
    assert [(entry.field, entry.removed) for entry in third.changes] == [("deck", second.deck)]


def test_a_version_is_not_measured_by_the_one_before(source: Source) -> None:
    """Its lines were in no other article."""
    source.process(source.raw(1, MENU))
    assert marked_lines(source.process(source.raw(1, MENU, "The date is set, both said."))) == []
    assert marked_lines(source.process(source.raw(2, MENU))) == [MENU]


def test_going_back_to_an_earlier_text_is_the_earlier_version(source: Source) -> None:
    """After A, B and A the third message is the first one; the next text replaces B."""
    a, b = (
        source.raw(1, "The date is open, both said."),
        source.raw(1, "The date is set, both said."),
    )
    first, second, third = source.process(a), source.process(b), source.process(a)
    assert third == first
    assert source.process(source.raw(1, "The date is off, both said.")).replaces == second.revision


def test_another_status_is_another_version(source: Source) -> None:
    """A kill of the same text is version 2, so that everyone who was notified gets it."""
    source.process(source.raw(1, headline="Talks to resume"))
    killed = source.process(source.raw(1, headline="KILL: Talks to resume"))
    assert (killed.version, killed.pubstatus, killed.signal) == (2, "canceled", "kill")


def test_a_long_body_is_kept_without_its_text(source: Source) -> None:
    """Its versions are known all the same; only the changes are not reported."""
    long = [
        " ".join(f"word{number * 31 + at * 7919 % 99_991}" for at in range(30)) + "."
        for number in range(400)
    ]
    first, second = source.process(source.raw(1, *long)), source.process(source.raw(1, *long[:-1]))
    assert (second.version, second.replaces, second.changes) == (2, first.revision, ())


def test_only_so_many_texts_are_kept(source: Source) -> None:
    """The oldest text goes; a history that cannot be decoded goes with it."""
    full = SourceMemory(
        source="test",
        articles=900,
        lines={},
        recent=tuple(f"{number:032}" for number in range(MAX_TEXTS)),
    )
    source.state.set(b"test", codec.encode(full))
    source.state.set(b"test/" + b"0" * 32, b"{}")
    source.process(source.raw(1))
    assert source.state.get(b"test/" + b"0" * 32) is None
    assert source.memory().recent[-1] == article_id("urn:test:1")
    assert len(source.memory().recent) == MAX_TEXTS


def test_state_that_nobody_can_read_is_told(source: Source) -> None:
    """The error says where it is and what is wrong with it; nothing is overwritten."""
    source.state.set(b"test", b"{}")
    with pytest.raises(
        InvalidMessage, match=r"sources\.v1 holds an invalid entry under test: not a SourceMemory"
    ):
        source.process(source.raw(1))
    assert source.state.get(b"test") == b"{}"


def test_two_sources_share_nothing(source: Source) -> None:
    """The lines of one source say nothing about the other, even for the same article."""
    for number in range(6):
        source.process(source.raw(number, OFFER, MENU))
    foreign_article = source.process(source.raw(3, OFFER, MENU, source="other"))
    assert (foreign_article.version, marked_lines(foreign_article)) == (1, [])
    assert MENU in foreign_article.body


def test_a_line_that_is_cut_takes_none_of_its_neighbours_along(source: Source) -> None:
    """Short lines beside a removed line stay, and lines keep their numbers."""
    for number in range(3):
        source.process(source.raw(number, MENU))
    article = source.process(source.raw(4, "What is known", MENU, "Nothing more", "And then"))
    assert article.body.endswith("What is known\n\nNothing more\n\nAnd then")
    assert [(line.line, line.text) for line in article.dropped] == [(6, MENU)]


def test_a_late_version_of_a_wire_takes_its_place(source: Source) -> None:
    """After 1 and 3, version 2 replaces 1, and what comes next is compared with 3."""
    texts = {
        1: "The date is open, both said.",
        3: "The date is set, both said.",
        2: "The date is near, both said.",
        4: "The date is past, both said.",
    }
    items = {
        number: {
            "uri": "urn:w:1",
            "version": str(number),
            "headline": "Talks",
            "body_text": f"They met again on Monday.\n\n{text}",
        }
        for number, text in texts.items()
    }
    came = {
        number: source.process(
            replace(source.raw(1), content=codec.encode(item), content_type="application/json")
        )
        for number, item in items.items()
    }
    assert [article.version for article in came.values()] == [1, 3, 2, 4]
    assert [came[number].replaces for number in (1, 2, 3, 4)] == [
        None,
        came[1].revision,
        came[1].revision,
        came[3].revision,
    ]
    assert [[change.removed for change in came[number].changes] for number in (1, 2, 3, 4)] == [
        [],
        [],
        ["open"],
        ["set"],
    ]


STREAM = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 4), st.integers(0, 2)), max_size=30
)


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stream=STREAM, restart=st.integers(0, 30))
def test_a_message_depends_on_what_its_source_sent_before(
    stream: list[tuple[str, int, int]], restart: int, raw: BuildRaw
) -> None:
    """A message does not depend on other sources or on restarts.

    What was there before is the message that it was.
    """
    sources = {"all": Source(raw), "a": Source(raw), "b": Source(raw)}
    values: dict[tuple[str, int, int], bytes] = {}
    for number, (name, article, text) in enumerate(stream):
        if number == restart:
            sources["all"].restart()
        message = _message(sources["all"], name, article, text)
        value = sources["all"].finish(message).value
        assert value == sources[name].finish(message).value
        assert values.setdefault((name, article, text), value) == value


def _message(source: Source, name: str, article: int, text: int) -> RawArticle:
    return source.raw(
        article, OFFER, *([MENU] if text else []), f"Text {text} of it, both said.", source=name
    )
