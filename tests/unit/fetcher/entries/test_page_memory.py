"""What is remembered of pages: enough to tell news from noise, bounded, and fast."""

import time
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.entries.page_memory import (
    LIMIT,
    LONGEST_WAIT_S,
    limit_pages,
    may_download,
    remember_download,
    remember_failure,
)
from shared.messages.schemas import PageMemory

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
PAGE = (
    b"<html><script>var t = 1</script><!-- built 12:03 --><p class=a>Trump met Kim at 9.</p></html>"
)


def test_figures_markup_and_scripts_are_no_change_of_the_text() -> None:
    """The pace follows the words that a reader sees."""
    before = remember_download(None, PAGE, "h", NOW)
    noise = (
        PAGE.replace(b"t = 1", b"t = 2")
        .replace(b"12:03", b"x:y")
        .replace(b"class=a", b"class=b")
        .replace(b"at 9", b"at 10")
    )
    after = remember_download(before, noise, "h", NOW)
    assert (after.unchanged, after.content != before.content) == (1, True)
    assert remember_download(after, PAGE.replace(b"met", b"left"), "h", NOW).unchanged == 0


@given(
    st.integers(0, 10**9),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(timezones=st.just(UTC)).filter(lambda now: now.year < 9999),
)
def test_no_page_is_held_back_for_longer_than_the_longest_wait(
    unchanged: int, asked_at: datetime, now: datetime
) -> None:
    """Whatever was remembered, and with whichever clock."""
    page = PageMemory(content="c", text="t", asked_at=asked_at, unchanged=unchanged)
    assert may_download(page, now) or may_download(page, now + timedelta(seconds=LONGEST_WAIT_S))


def test_a_page_that_was_given_up_waits_and_keeps_what_was_known_of_it() -> None:
    """An outage between two equal downloads does not make the second one news."""
    before = remember_download(None, PAGE, "h", NOW)
    gap = remember_failure(before, NOW)
    assert not may_download(gap, NOW + timedelta(seconds=1))
    assert remember_download(gap, PAGE, "h", NOW).content == before.content


def test_the_memory_is_bounded_and_keeps_what_the_feed_lists() -> None:
    """Pages that left the feed go first, the longest ago asked for before the others."""
    pages = {
        f"{n:04}": PageMemory(content="c", text="t", asked_at=NOW + timedelta(seconds=n))
        for n in range(LIMIT + 100)
    }
    listed = {f"{n:04}" for n in range(50)}
    assert set(limit_pages(pages, listed)) == listed | {f"{n:04}" for n in range(150, LIMIT + 100)}


def test_hostile_pages_take_no_longer_than_others() -> None:
    """Doubling the bytes at most triples the time: nothing is quadratic in the event loop."""
    for piece in (b"<script", b"<!--", b"<", b"<a ", b"</script", b"<style", b">", b"1"):
        small, large = (_seconds(piece * (size // len(piece))) for size in (250_000, 1_000_000))
        assert large < 0.5 + 8 * small, piece


def _seconds(content: bytes) -> float:
    began = time.process_time()
    remember_download(None, content, None, NOW)
    return time.process_time() - began
