"""Which lines are boilerplate: they are counted, they fade, and they are classified."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.body import join_paragraphs
from services.cleaner.memory.boilerplate import (
    MIN_MARK_FRAGMENT,
    MIN_MARK_SENTENCE,
    MIN_REMOVE_FRAGMENT,
    MIN_REMOVE_SENTENCE,
    LineClassification,
    classify,
)
from services.cleaner.memory.fingerprints import LineFingerprint, fingerprint, fingerprint_lines
from services.cleaner.memory.line_counts import (
    HALVED_EVERY,
    MAX_LINES,
    count_article,
    effective_articles,
)
from shared.messages.codec import encode
from shared.messages.schemas import SourceMemory

EMPTY = SourceMemory(source="s", articles=0, lines={})
MENU = "World Business Sport"
OFFER = "Get the best of our coverage every morning."
LONG = (
    "The two leaders, who met for the first time in {}, agreed that their officials would go on "
    "with the talks on every open question of the treaty."
)


def lines(*paragraphs: str) -> list[LineFingerprint]:
    return list(fingerprint_lines(*join_paragraphs(paragraphs)))


def after(*articles: Sequence[str]) -> SourceMemory:
    """Return the memory after these articles, which are classified and counted one by one."""
    memory = EMPTY
    for paragraphs in articles:
        memory = count_article(
            memory, classify(memory, lines(*paragraphs), may_remove=True).counted_lines
        )
    return memory


def removed_and_marked(
    memory: SourceMemory, *paragraphs: str, may_remove: bool = True
) -> tuple[set[str], set[str]]:
    """Return which of the paragraphs are removed, and which are marked."""
    classification = classify(memory, lines(*paragraphs), may_remove=may_remove)
    return {text for text in paragraphs if fingerprint(text) in classification.removed_lines}, {
        text for text in paragraphs if fingerprint(text) in classification.marked_lines
    }


def stories(number: int, *more: str) -> list[list[str]]:
    """Return so many articles about different things that have the same lines."""
    return [
        [f"Report {index} says that number {index} rose again on Monday.", *more]
        for index in range(number)
    ]


def test_a_line_is_known_by_its_words() -> None:
    """Case, punctuation and spacing do not count; a single word has no fingerprint."""
    assert fingerprint("North Korea | Kim") == fingerprint("NORTH  KOREA, Kim!")
    assert [line.words for line in lines("Home", "North Korea", "Both met.")] == [2, 2]
    assert lines("Both met.", "So did we.")[1].start == len("Both met.\n\n")


def test_a_fragment_is_marked_and_then_cut() -> None:
    """From the second article on it is marked, from the third on it is removed.

    Lines of pages are only marked, because the block model decides there.
    """
    for articles, expected in (
        (0, (set(), set())),
        (MIN_MARK_FRAGMENT, (set(), {MENU})),
        (MIN_REMOVE_FRAGMENT, ({MENU}, set())),
    ):
        assert (
            removed_and_marked(after(*stories(articles, MENU)), "Something new happened.", MENU)
            == expected
        )
    assert removed_and_marked(
        after(*stories(9, MENU)), "Something new happened.", MENU, may_remove=False
    ) == (
        set(),
        {MENU},
    )


def test_a_sentence_is_cut_only_where_much_of_the_source_has_it() -> None:
    """A sentence in some stories of a wire is their background: it is only marked."""
    for articles, expected in (
        (1, (set(), set())),
        (MIN_MARK_SENTENCE, (set(), {OFFER})),
        (MIN_REMOVE_SENTENCE, ({OFFER}, set())),
    ):
        assert (
            removed_and_marked(after(*stories(articles, OFFER)), "Something new happened.", OFFER)
            == expected
        )
    in_some = after(*stories(MIN_REMOVE_SENTENCE, OFFER), *stories(60))
    assert removed_and_marked(in_some, "Something new happened.", OFFER) == (set(), {OFFER})


def test_a_line_counts_once_in_an_article() -> None:
    """Three times in one article count once."""
    assert removed_and_marked(after([MENU, MENU, MENU]), MENU) == (set(), {MENU})


def test_updates_of_a_story_are_no_boilerplate() -> None:
    """Updates with the same long paragraphs are neither removed nor marked.

    They come under new addresses, short lines among them; a menu is still removed.
    """
    story = [LONG.format(city) for city in ("Vienna", "Oslo", "Bern", "Rome")] + [
        "He did not elaborate"
    ]
    updates = [[f"New in update {number}: the date is open.", *story, MENU] for number in range(8)]
    memory = after(*stories(4, MENU), *updates)
    assert removed_and_marked(memory, "New in the last update: a date.", *story, MENU) == (
        {MENU},
        set(),
    )


def test_background_that_other_stories_carry_is_marked() -> None:
    """It is marked, so that no rule fires on it alone, but not removed from few stories."""
    memory = after(*stories(20), *stories(2, LONG.format("Vienna")))
    assert removed_and_marked(memory, "Something new happened.", LONG.format("Vienna")) == (
        set(),
        {LONG.format("Vienna")},
    )


def test_an_article_is_not_measured_by_itself() -> None:
    """Its own earlier version was counted, but is not another article."""
    memory = after([MENU])
    assert fingerprint(MENU) in classify(memory, lines(MENU), may_remove=True).marked_lines
    assert classify(memory, lines(MENU), may_remove=True, own=1) == LineClassification(
        frozenset(), frozenset(), (fingerprint(MENU),)
    )


def test_what_does_not_come_again_is_forgotten() -> None:
    """After some hundred articles of the source, regardless of the time."""
    memory = after(*stories(10, MENU), *stories(HALVED_EVERY * 6))
    assert fingerprint(MENU) not in memory.lines
    assert removed_and_marked(memory, MENU) == (set(), set())


def test_it_stays_small() -> None:
    """Above the limit the weakest lines go; an entry has less than 64 KB."""
    memory = EMPTY
    for number in range(400):
        memory = count_article(
            memory, [*(f"{number * 30 + line:016x}" for line in range(30)), "f" * 16]
        )
        assert len(memory.lines) <= MAX_LINES
    assert memory.lines["f" * 16] == effective_articles(400)
    full = SourceMemory(
        source="s",
        articles=10**6,
        lines={f"{line:016x}": 199.99 for line in range(MAX_LINES)},
        recent=("a" * 32,) * 500,
    )
    assert len(encode(full)) < 64 * 1024


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=450))
def test_counts_are_the_articles_halved_with_every_hundred(articles: list[list[str]]) -> None:
    """A slow version that forgets nothing differs by less than one article."""
    memory, complete = EMPTY, len(articles) // HALVED_EVERY
    for carried in articles:
        memory = count_article(memory, carried)
    for line in "abcdef":
        slow = sum(
            0.5 ** (complete - number // HALVED_EVERY)
            for number, carried in enumerate(articles)
            if line in carried
        )
        assert 0 <= slow - memory.lines.get(line, 0.0) < 1
    assert effective_articles(len(articles)) == sum(
        0.5 ** (complete - number // HALVED_EVERY) for number in range(len(articles))
    )
