"""Replays and the retention of histories, with thousands of trivially cleaned texts.

Source memory is the real one.
"""

import dataclasses
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.apply_source_memory import FinishedArticle, apply_source_memory
from services.cleaner.candidate import Candidate
from services.cleaner.memory.fingerprints import fingerprint_lines
from services.cleaner.versions.history import VersionText, compress_body
from services.cleaner.versions.retention import MAX_ARTICLES, MAX_TEXTS, RETENTION_MS
from shared.base.outcomes import Drop
from shared.kafka.topics import ARTICLES_CLEAN
from shared.messages import codec
from shared.messages.ids import article_id, content_id
from shared.messages.schemas import (
    ArticleHistory,
    CleanArticle,
    RawArticle,
    SourceMemory,
    Span,
    TimeSource,
)
from shared.stream.output import output
from shared.stream.state_store import StateStore
from tests.builders import build_clean_article, build_raw_article
from tests.hypothesis_profiles import examples

MENU = "North Korea Nuclear Talks World"
OFFER = "Get the best of our coverage every morning before anybody else does."
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def build_candidate(raw: RawArticle, removed_lines: Sequence[str] = ()) -> Candidate | Drop:
    """Clean a text in the simplest way: its lines without the removed ones."""
    lines = [line for line in raw.content.decode().splitlines() if line]
    spans, start = [], 0
    for line in lines:
        spans.append(Span(start=start, end=start + len(line)))
        start += len(line) + 2
    removed = {
        each.fingerprint
        for each in fingerprint_lines("\n\n".join(lines), tuple(spans))
        if each.fingerprint in removed_lines
    }
    kept = [
        line
        for line, span in zip(lines, spans, strict=True)
        if not _is_removed(lines, span, removed)
    ]
    body = "\n\n".join(kept)
    paragraphs, start = [], 0
    for line in kept:
        paragraphs.append(Span(start=start, end=start + len(line)))
        start += len(line) + 2
    headline = raw.headline or ""
    canceled = headline.startswith("KILL")
    article = build_clean_article(
        body,
        article_id=article_id(raw.uri),
        revision=content_id("revision", headline, body, "canceled" if canceled else "usable"),
        uri=raw.uri,
        source=raw.source,
        headline=headline,
        event_time=raw.fetched_at,
        event_time_source=TimeSource.FETCHED,
        content_sha256="c" * 64,
        paragraphs=tuple(paragraphs),
        pubstatus="canceled" if canceled else "usable",
    )
    return Candidate(
        source=raw.source,
        article_id=article.article_id,
        revision=article.revision,
        text=VersionText(headline, compress_body(body)),
        wire_version=None,
        lines=tuple(fingerprint_lines(body, article.paragraphs)),
        is_plain_text=True,
        value=output(ARTICLES_CLEAN, article).value,
        fetched_ms=int(raw.fetched_at.timestamp() * 1000),
    )


def _is_removed(lines: list[str], span: Span, removed: set[str]) -> bool:
    return any(
        each.fingerprint in removed for each in fingerprint_lines("\n\n".join(lines), (span,))
    )


class Partition:
    """A partition of articles.raw with its state; child processes' work is done here."""

    def __init__(self) -> None:
        self.state = StateStore()

    def finish(self, raw: RawArticle) -> FinishedArticle | Drop:
        first = build_candidate(raw)
        assert not isinstance(first, Drop)
        with self.state.all_or_nothing():
            return _run(apply_source_memory(codec.encode(raw), first, self.state, self._call))

    def process(self, raw: RawArticle) -> CleanArticle:
        finish = self.finish(raw)
        assert isinstance(finish, FinishedArticle), finish
        return codec.decode(finish.value, CleanArticle)

    async def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if function.__name__ == "rebuild_candidate":
            return build_candidate(codec.decode(arguments[0], RawArticle), arguments[1])
        return function(*arguments)

    def restart(self) -> None:
        """Continue in another process from what was committed."""
        self.state.commit()
        again = StateStore()
        for key, value in self.state.items():
            again.load(key, value)
        self.state = again

    def memory(self) -> SourceMemory:
        return codec.decode(self.state.get(b"wire"), SourceMemory)

    def histories(self) -> dict[str, ArticleHistory]:
        self.state.commit()
        histories = [
            codec.decode(value, ArticleHistory) for key, value in self.state.items() if b"/" in key
        ]
        return {history.article_id: history for history in histories}


def _run(steps: Coroutine[Any, Any, FinishedArticle | Drop]) -> FinishedArticle | Drop:
    """Return the result of a coroutine that never waits, without an event loop."""
    try:
        steps.send(None)
    except StopIteration as ended:
        result: FinishedArticle | Drop = ended.value
        return result
    raise AssertionError("it waits")


def raw(
    number: int,
    *more: str,
    after: timedelta | None = None,
    headline: str = "",
    source: str = "wire",
    frame: str = MENU,
) -> RawArticle:
    """Return a text of a source with one menu under all of them and an offer under some."""
    lines = [
        f"Report {number} says that figure {number} rose again on Monday.",
        *more,
        frame,
        *([OFFER] if number % 3 else []),
    ]
    return build_raw_article(
        "\n".join(lines),
        source=source,
        uri=f"urn:test:{source}:{number}",
        fetched_at=BEGIN + (after if after is not None else timedelta(minutes=number)),
        headline=headline or f"Report {number}",
    )


def replayed(
    articles: Sequence[RawArticle], partitions: int, restart_at: int
) -> tuple[list[CleanArticle], list[CleanArticle]]:
    """Return the articles and their replay, with so many partitions and a restart."""
    parts = [Partition() for _ in range(partitions)]
    results: list[CleanArticle] = []
    for number, article in enumerate([*articles, *articles]):
        part = parts[sum(article.source.encode()) % partitions]
        if number == restart_at:
            part.restart()
        elif number % 100 == 0:
            part.state.commit()
        results.append(part.process(article))
    return results[: len(articles)], results[len(articles) :]


def test_1300_articles_of_one_source_replayed_are_what_they_were() -> None:
    """The messages of more articles than texts are kept are the same bytes.

    There is a restart in the middle.
    """
    articles = [raw(number) for number in range(1_300)]
    first, second = replayed(articles, 1, 650)
    assert any(MENU not in article.body for article in first), (
        "the memory cuts, or this shows nothing"
    )
    assert second == first


def test_5000_articles_replayed_have_the_revisions_that_they_had() -> None:
    """Revisions depend on the content alone.

    There are three partitions, other sources, and more articles than histories are kept.
    """
    articles = [
        raw(number, source=source, after=timedelta(days=number / 20))
        for number in range(1_700)
        for source in ("wire", "post", "mail")
    ]
    first, second = replayed(articles, 3, 2_500)
    assert [(entry.article_id, entry.revision) for entry in second] == [
        (entry.article_id, entry.revision) for entry in first
    ]
    assert second != first, "histories were pruned, or this shows nothing"


def test_the_revision_is_that_of_the_text_without_memory() -> None:
    """That holds whether memory removes lines or not."""
    partition = Partition()
    for number in range(6):
        article, plain = partition.process(raw(number)), build_candidate(raw(number))
        assert isinstance(plain, Candidate)
        assert article.revision == plain.revision
    assert MENU not in article.body


def test_the_same_text_in_another_frame_gives_nothing_new() -> None:
    """Once memory removes the frames, no second message comes of either of them."""
    partition = Partition()
    for number in range(5):
        partition.process(raw(number))
        partition.process(raw(100 + number, frame="Nuclear Talks Markets World Opinion"))
    first = partition.process(raw(50))
    again = partition.finish(raw(50, frame="Nuclear Talks Markets World Opinion"))
    assert isinstance(again, Drop)
    assert isinstance(partition.finish(raw(50, frame="Nuclear Talks Markets World Opinion")), Drop)
    assert partition.process(raw(50)) == first
    assert partition.process(raw(50, "The date is set.")).replaces == first.revision


def test_histories_are_kept_for_thirty_days_and_no_longer() -> None:
    """Before, a replay gives the same message; later, the same revision of a new article.

    Days are those of the source's own time.
    """
    partition = Partition()
    first = partition.process(raw(0))
    corrected = partition.process(raw(0, "The date is set.", after=timedelta(minutes=1)))
    for number in range(1, MAX_TEXTS + 100):
        partition.process(raw(number, after=timedelta(days=29 * number / (MAX_TEXTS + 100))))
    assert partition.process(raw(0)) == first
    assert partition.process(raw(0, "The date is set.", after=timedelta(minutes=1))) == corrected
    for number in range(1_000, 1_000 + MAX_TEXTS + 100):
        partition.process(raw(number, after=timedelta(days=30 + 29 * (number - 1_000) / MAX_TEXTS)))
    assert first.article_id not in partition.histories()
    assert partition.process(raw(0)).revision == first.revision


def test_a_history_without_its_text_still_knows_its_versions() -> None:
    """A correction says what it replaces, but not what has changed.

    Texts are kept of the last articles only.
    """
    partition = Partition()
    first = partition.process(raw(0))
    for number in range(1, MAX_TEXTS + 2):
        partition.process(raw(number))
    history = partition.histories()[first.article_id]
    assert (history.body, history.headline) == (b"", "")
    corrected = partition.process(raw(0, "The date is set.", after=timedelta(days=1)))
    assert (corrected.version, corrected.replaces, corrected.changes) == (2, first.revision, ())
    assert len(codec.encode(history)) < 600


def test_a_hostile_source_is_bounded() -> None:
    """The oldest histories go first, and the result says how many went early."""
    partition = Partition()
    full = SourceMemory(
        source="wire",
        articles=9_000,
        lines={},
        kept=MAX_ARTICLES,
        clock_ms=int(BEGIN.timestamp() * 1000),
    )
    partition.state.set(b"wire", codec.encode(full))
    for number in range(MAX_ARTICLES):
        kept = ArticleHistory(source="wire", article_id=f"{number:032}", seen_ms=full.clock_ms)
        partition.state.set(f"wire/{number:032}".encode(), codec.encode(kept))
    dropped = 0
    for number in range(300):
        finish = partition.finish(raw(number, after=timedelta(seconds=number)))
        assert isinstance(finish, FinishedArticle)
        dropped += finish.histories_dropped
    histories = partition.histories()
    assert len(histories) == partition.memory().kept == MAX_ARTICLES
    assert dropped == 300
    assert f"{299:032}" not in histories
    assert f"{300:032}" in histories
    assert article_id("urn:test:wire:0") in histories


def test_a_wrong_clock_forgets_nothing_at_once() -> None:
    """An article from 2031 moves the source's time by a day only."""
    partition = Partition()
    ids = [partition.process(raw(number)).article_id for number in range(MAX_TEXTS + 50)]
    partition.process(raw(9_999, after=timedelta(days=2_000)))
    partition.process(raw(9_998))
    assert set(ids) <= set(partition.histories())


def test_a_version_of_a_wrong_clock_does_not_stay_the_newest() -> None:
    """A text that is fetched a few days later replaces it all the same."""
    partition = Partition()
    partition.process(raw(1))
    wrong = partition.process(raw(1, "The date is set.", after=timedelta(days=2_000)))
    right = partition.process(raw(1, "The date is off.", after=timedelta(days=2)))
    assert (right.version, right.replaces) == (3, wrong.revision)


def test_an_old_text_that_comes_after_its_history_is_gone_is_no_correction() -> None:
    """A replayed older text replaces nothing.

    Its history was lost, and began again with the correction.
    """
    partition_with_gap, removed_lines = Partition(), Partition()
    first = removed_lines.process(raw(1))
    corrected = partition_with_gap.process(raw(1, "The date is set.", after=timedelta(days=2)))
    again = partition_with_gap.process(raw(1))
    assert (again.revision, again.version, again.replaces, again.changes) == (
        first.revision,
        1,
        None,
        (),
    )
    further = partition_with_gap.process(raw(1, "The date is off.", after=timedelta(days=3)))
    assert (further.version, further.replaces) == (2, corrected.revision)


def test_a_kill_of_an_article_that_is_not_known_any_more_goes_out() -> None:
    """It replaces nothing that is known, but it cancels."""
    killed = Partition().process(raw(1, headline="KILL: Report 1", after=timedelta(days=200)))
    assert (killed.pubstatus, killed.version, killed.replaces) == ("canceled", 1, None)


def test_what_was_kept_before_versions_had_times_is_read() -> None:
    """Histories of an earlier release are known, and are not dropped at once."""
    partition = Partition()
    first = partition.process(raw(1))
    history = partition.histories()[first.article_id]
    old = dataclasses.replace(
        history,
        seen_ms=0,
        versions=tuple(
            dataclasses.replace(entry, content="", fetched_ms=0) for entry in history.versions
        ),
    )
    partition.state.set(f"wire/{first.article_id}".encode(), codec.encode(old))
    partition.state.set(
        b"wire", codec.encode(dataclasses.replace(partition.memory(), clock_ms=0, kept=0))
    )
    assert partition.process(raw(1)) == first
    for number in range(2, MAX_TEXTS + 10):
        partition.process(raw(number))
    assert first.article_id in partition.histories()
    assert partition.process(raw(1, "The date is set.", after=timedelta(days=1))).version == 2


COMES = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(0, 2), st.sampled_from([MENU, OFFER]), st.integers(0, 40)
    ),
    max_size=40,
)


@examples(80)
@given(COMES, st.data())
def test_ids_are_of_the_content_alone(
    stream: list[tuple[int, int, str, int]], data: st.DataObject
) -> None:
    """The same raw article gives the same revision or nothing, whatever was forgotten."""
    partition, revisions = Partition(), dict[bytes, str]()
    for number, text, frame, day in stream:
        if data.draw(st.booleans()):
            partition.state.commit()
            for key in [key for key, _ in partition.state.items() if data.draw(st.booleans())]:
                partition.state.set(key, None)
        article = raw(number, f"Text {text} of it.", frame=frame, after=timedelta(days=day))
        finish = partition.finish(article)
        if isinstance(finish, FinishedArticle):
            revision = codec.decode(finish.value, CleanArticle).revision
            assert revisions.setdefault(article.content, revision) == revision


def test_the_promise_covers_what_the_topics_hold() -> None:
    """Articles that articles.clean still has are known, so that readers see the same bytes."""
    assert ARTICLES_CLEAN.retention_ms is not None
    assert ARTICLES_CLEAN.retention_ms <= RETENTION_MS
