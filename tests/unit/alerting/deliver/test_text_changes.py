"""What a correction shows: quotes of what stood there and of what stands there now."""

from dataclasses import replace

import pytest

from services.alerting.deliver.grouping.text_changes import read_changes
from services.cleaner.versions.changes import changes
from shared.messages.schemas import CleanArticle
from tests.builders import build_clean_article


def corrected(
    old: str,
    new: str,
    *,
    headlines: tuple[str, str] = ("H", "H"),
    decks: tuple[str, str] = ("", ""),
) -> CleanArticle:
    """An article whose body, headline and deck were others before."""
    found = (
        *changes("headline", *headlines),
        *changes("deck", *decks),
        *changes("body", old, new),
    )
    article = build_clean_article(body=new, headline=headlines[1])
    return replace(article, deck=decks[1], changes=found)


def pairs(article: CleanArticle) -> list[tuple[str, str]]:
    return [(change.before, change.after) for change in read_changes(article)]


LONG = "The ferry left the harbour of Mwanza in the early morning with people from four districts"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "A ferry capsized, killing at least 12 people.",
            "A ferry capsized, killing at least 21 people.",
            [
                (
                    "A ferry capsized, killing at least 12 people.",
                    "A ferry capsized, killing at least 21 people.",
                )
            ],
        ),
        (
            "Police said on Monday that all 90 people died.",
            "Police said on Monday all 90 people were safe.",
            [
                (
                    "Police said on Monday that all 90 people died.",
                    "Police said on Monday all 90 people were safe.",
                )
            ],
        ),
        ("It sank today", "It sank", [("It sank today", "It sank")]),
        ("It sank", "It sank today", [("It sank", "It sank today")]),
        ("It, too, sank", "It sank", [("It, too, sank", "It sank")]),
        ("It sank", "It (the Nyanza) sank", [("It sank", "It (the Nyanza) sank")]),
        ("会談は明日行われる", "会談は今日行われる", [("会談は明日行われる", "会談は今日行われる")]),
        ("One.\n\nTwo.", "One.", [("One. Two.", "One.")]),
        (
            f"{LONG}. It had 90 aboard. {LONG}.",
            f"{LONG}. It had 19 aboard. {LONG}.",
            [
                (
                    "… with people from four districts. It had 90 aboard. The ferry left the harbour of …",
                    "… with people from four districts. It had 19 aboard. The ferry left the harbour of …",
                )
            ],
        ),
    ],
)  # fmt: skip
def test_both_sides_are_what_was_written(
    old: str, new: str, expected: list[tuple[str, str]]
) -> None:
    """With the words around a change that stood around it then, and blanks where they were."""
    assert pairs(corrected(old, new)) == expected


def test_a_rewritten_headline_is_one_change() -> None:
    """Its old words are never set among its new ones."""
    headlines = (
        "Ferry capsizes on Lake Victoria, at least 12 dead",
        "Ferry on Lake Victoria: all safe",
    )
    assert pairs(corrected("x", "x", headlines=headlines)) == [headlines]


def test_a_mark_of_the_version_is_no_change() -> None:
    """The message says that it is a correction; figures come first."""
    article = corrected(
        "It had 214 aboard, officials in the south of the country said late on Monday, and sank.",
        "It had 241 aboard, officials in the south of the country said late on Monday, and sunk.",
        headlines=("Ferry sinks off Jindo", "CORRECTED-Ferry sinks off Jeju"),
        decks=("", "(Corrects number of people aboard in first paragraph to 241, not 214)"),
    )
    assert pairs(article) == [
        (
            "It had 214 aboard, officials in the south of the …",
            "It had 241 aboard, officials in the south of the …",
        ),
        ("Ferry sinks off Jindo", "Ferry sinks off Jeju"),
        (
            "… of the country said late on Monday, and sank.",
            "… of the country said late on Monday, and sunk.",
        ),
    ]


def test_only_a_mark_is_nothing() -> None:
    """A publisher may mark a version whose text is as it was."""
    article = corrected("x", "x", headlines=("Ferry sinks", "CORRECTED-Ferry sinks"))
    assert pairs(article) == []


def test_another_mark_in_its_place_is_nothing_either() -> None:
    """UPDATE 2 becomes UPDATE 3."""
    article = corrected("x", "x", headlines=("UPDATE 2-Ferry sinks", "UPDATE 3-Ferry sinks"))
    assert pairs(article) == []


def test_long_texts_are_cut_between_words() -> None:
    """A paragraph that was rewritten is shown by its beginning."""
    (change,) = read_changes(corrected(f"{LONG} {LONG} {LONG} {LONG}", "Nobody was aboard."))
    assert change.before.endswith(" …")
    assert len(change.before) <= 303
