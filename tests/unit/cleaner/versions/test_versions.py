"""Which version an article is, what it replaces, and what has changed."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.memory.fingerprints import MAX_FINGERPRINTS
from services.cleaner.versions.changes import MAX_CHANGES, MAX_REMOVED_CHARACTERS, changes
from services.cleaner.versions.edits import edits
from services.cleaner.versions.history import (
    MAX_BODY_BYTES,
    MAX_COMPRESSED_BYTES,
    MAX_VERSIONS,
    VersionText,
    add_version,
    assign_version,
    compress_body,
    decompress_body,
    find_by_plain,
    find_twin,
    latest,
)
from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import HEADROOM_BYTES
from shared.messages.codec import encode
from shared.messages.schemas import ArticleHistory, ArticleVersion, Change
from shared.stream.state_store import MAX_ENTRY_BYTES

EMPTY = ArticleHistory(source="s", article_id="a" * 32)
UNITS = st.lists(st.sampled_from("abcd"), max_size=14)
WORDS = st.lists(st.sampled_from(["the", "talks", "of", "5", "day", "핵", "会", "…"]), max_size=12)


def add_text(history: ArticleHistory, text: str, wire_version: int | None = None) -> ArticleHistory:
    """Return the history with this text, which is its own revision."""
    version = assign_version(
        history,
        ArticleVersion(plain=f"{text} {wire_version}", revision=text, version=1),
        wire_version,
    )
    return add_version(history, version, VersionText(text, compress_body(text)))


def numbers(history: ArticleHistory) -> list[tuple[str, int, str | None]]:
    return [(entry.revision, entry.version, entry.replaces) for entry in history.versions]


def after(*texts: str | tuple[str, int]) -> ArticleHistory:
    """Return the memory after these articles, which are classified and counted one by one."""
    history = EMPTY
    for text in texts:
        history = add_text(history, text) if isinstance(text, str) else add_text(history, *text)
    return history


def test_versions_are_numbered_as_they_come() -> None:
    """Each version replaces the one before."""
    assert numbers(after("A", "B", "C")) == [("A", 1, None), ("B", 2, "A"), ("C", 3, "B")]


def test_content_that_was_there_before_is_the_version_that_it_was() -> None:
    """After A, B and A nothing is new, and what follows replaces B."""
    history = after("A", "B")
    assert find_by_plain(history, "A None") == history.versions[0]
    assert numbers(add_text(history, "C"))[2] == ("C", 3, "B")


def test_other_surroundings_of_the_same_text_are_no_new_version() -> None:
    """If memory leaves the same text of them, they are a twin."""
    earlier = ArticleVersion(plain="A", revision="A", version=1, content="a")
    history = ArticleHistory(source="s", article_id="a" * 32, versions=(earlier,))
    assert (
        find_twin(
            history, ArticleVersion(plain="with a menu", revision="M", version=1, content="a")
        )
        == earlier
    )
    assert (
        find_twin(history, ArticleVersion(plain="B", revision="B", version=1, content="b")) is None
    )
    assert find_twin(history, replace(earlier, plain="A 2")) is None
    assert find_twin(after("A"), ArticleVersion(plain="M", revision="M", version=1)) is None, (
        "versions of before content was kept are no twins"
    )


def test_a_text_that_was_fetched_earlier_is_an_earlier_version() -> None:
    """It is placed before what was fetched later, which stays the newest."""
    history = EMPTY
    for text, fetched_ms in (("A", 10), ("C", 30), ("B", 20), ("Z", 5)):
        version = assign_version(
            history,
            ArticleVersion(plain=text, revision=text, version=1, fetched_ms=fetched_ms),
            None,
        )
        history = add_version(history, version, VersionText(text, compress_body(text)))
    assert numbers(history) == [("Z", 1, None), ("A", 1, None), ("B", 1, "A"), ("C", 2, "A")]
    assert history.headline == "C"


def test_a_wires_own_number_is_believed() -> None:
    """A late version replaces the one below it; the next is not compared with it."""
    history = after(("A", 1), ("C", 3))
    late = add_text(history, "B", 2)
    assert numbers(late) == [("A", 1, None), ("B", 2, "A"), ("C", 3, "A")]
    assert (late.headline, latest(late)) == ("C", history.versions[1])
    assert numbers(add_text(late, "D", 4))[3] == ("D", 4, "C")


def test_the_same_text_under_a_wires_next_number_replaces_what_it_did() -> None:
    """A version with the same text does not replace itself."""
    assert numbers(after(("A", 1), ("B", 2), ("B", 3))) == [
        ("A", 1, None),
        ("B", 2, "A"),
        ("B", 3, "A"),
    ]


def test_a_history_stays_small() -> None:
    """The last versions of a live blog are kept, and the newest stays whatever comes late."""
    history = after(*(f"{number}" for number in range(40)))
    assert [entry.version for entry in history.versions] == list(range(41 - MAX_VERSIONS, 41))
    late = after(("Z", 100), *((f"{number}", number) for number in range(1, 40)))
    assert latest(late) == ArticleVersion(plain="Z 100", revision="Z", version=100)


def test_a_body_is_kept_as_it_was_or_not_at_all() -> None:
    """A body that is too long is stored empty.

    Broken bytes are an error, and a compression bomb is limited.
    """
    body = "Trump – 김정은.\n\nThe date is open."
    assert decompress_body(compress_body(body)) == body
    assert compress_body("".join(f"{number * 7919 % 100_003} " for number in range(40_000))) == b""
    assert len(decompress_body(compress_body("a" * (MAX_BODY_BYTES * 3)))) == MAX_BODY_BYTES
    with pytest.raises(InvalidMessage, match="is broken"):
        decompress_body(b"no zlib")


CHANGED = [
    (
        "Talks on Monday.",
        "Talks on Tuesday.",
        [Change(field="body", start=9, end=16, removed="Monday")],
    ),
    (
        "Talks on Monday.",
        "Talks will go on.",
        [
            Change(field="body", start=6, end=13, removed=""),
            Change(field="body", start=16, end=16, removed="Monday"),
        ],
    ),
    ("They met. He left.", "They met.", [Change(field="body", start=9, end=9, removed="He left.")]),
    ("One\n\nTwo", "One   Two", []),
    (
        "정상회담은 5일 열린다",
        "정상회담은 6일 열린다",
        [Change(field="body", start=6, end=8, removed="5일")],
    ),
    ("首脳会談", "首相会談", [Change(field="body", start=1, end=2, removed="脳")]),
    ("", "New", [Change(field="body", start=0, end=3, removed="")]),
]


@pytest.mark.parametrize(("old", "new", "expected"), CHANGED, ids=[new for _, new, _ in CHANGED])
def test_changes_are_told_word_by_word(old: str, new: str, expected: list[Change]) -> None:
    """A change has its stretch of the new text and what was removed; white space is none."""
    assert list(changes("body", old, new)) == expected


@given(WORDS, WORDS)
def test_changes_lead_back_to_the_old_text(old: list[str], new: list[str]) -> None:
    """If the removed words are put back, the old text results."""
    text = " ".join(new)
    for change in reversed(changes("body", " ".join(old), text)):
        text = f"{text[: change.start]} {change.removed} {text[change.end :]}"
    assert text.split() == old


@given(UNITS, UNITS)
def test_as_much_stays_as_can(old: list[str], new: list[str]) -> None:
    """As many units stay as in the table of longest common subsequences."""
    differences = list(edits(old, new))
    kept_units = (
        [
            old[: differences[0].old_start],
            *(
                old[entry.old_end : following.old_start]
                for entry, following in pairwise(differences)
            ),
            old[differences[-1].old_end :],
        ]
        if differences
        else [old]
    )
    kept_in_new = (
        [
            new[: differences[0].start],
            *(new[entry.end : following.start] for entry, following in pairwise(differences)),
            new[differences[-1].end :],
        ]
        if differences
        else [new]
    )
    assert kept_units == kept_in_new
    assert sum(map(len, kept_units)) == _longest_common(old, new)


def _longest_common(old: list[str], new: list[str]) -> int:
    row = [0] * (len(new) + 1)
    for entry in old:
        before = row[:]
        for index, following in enumerate(new):
            row[index + 1] = (
                before[index] + 1 if entry == following else max(before[index + 1], row[index])
            )
    return row[-1]


def test_a_text_that_was_written_anew_is_one_change() -> None:
    """Too many edits are one change; searching for them would take too long.

    Texts that repeat a few words in turn are the worst case.
    """
    old, new = ["a", "b", "c"] * 5000, ["b", "a", "c"] * 5000
    assert len(list(edits(old, new))) == 1
    assert (
        len(
            list(
                edits(
                    [f"w{number}" for number in range(500)], [f"v{number}" for number in range(500)]
                )
            )
        )
        == 1
    )


def test_changes_are_bounded() -> None:
    """The last change covers the rest, later paragraphs included; long removed text is cut."""
    old, new = (
        "\n\n".join(" ".join(f"w{number} {mark}" for number in range(50)) for _ in range(3))
        for mark in ("a", "b")
    )
    differences = changes("body", old, new)
    assert [old[entry.start : entry.end] for entry in differences[:-1]] == ["a"] * (MAX_CHANGES - 1)
    assert (differences[-1].end, len(differences[-1].removed)) == (len(new), MAX_REMOVED_CHARACTERS)


def test_a_history_at_all_its_limits_can_be_kept() -> None:
    """The state's topic takes it, in any script."""
    change = Change(field="headline", start=10**6, end=10**6, removed="핵" * MAX_REMOVED_CHARACTERS)
    hashes = tuple(f"{number:016x}" for number in range(MAX_FINGERPRINTS))
    version = ArticleVersion(
        plain="a" * 32,
        revision="b" * 32,
        version=10**6,
        replaces="c" * 32,
        repeated=hashes,
        changes=(change,) * (2 * MAX_CHANGES),
    )
    history = ArticleHistory(
        source="s" * 64,
        article_id="a" * 32,
        body=b"x" * MAX_COMPRESSED_BYTES,
        versions=(version,) * MAX_VERSIONS,
    )
    assert len(encode(history)) < MAX_ENTRY_BYTES - 4 * HEADROOM_BYTES
