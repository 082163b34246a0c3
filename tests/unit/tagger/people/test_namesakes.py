"""Relatives with the same surname are themselves and never the president."""

from collections.abc import Callable
from datetime import date

import pytest

from shared.messages.schemas import TaggedArticle

Tagging = Callable[..., TaggedArticle]


def people(article: TaggedArticle) -> list[tuple[str, str | None]]:
    return [(mention.surface, mention.actor) for mention in article.mentions]


DONALD, MELANIA, IVANKA = "donald-trump", "melania-trump", "ivanka-trump"
CASES: list[tuple[str, str, list[tuple[str, str | None]]]] = [
    # given
    ("Son testifies", "Donald Trump Jr. testified on Monday. Trump said he had nothing to hide.", []),
    (
        "First lady visits school",
        "Melania Trump visited a school in Tulsa. Mrs. Trump read to pupils.",
        [("Melania Trump", MELANIA), ("Trump", MELANIA)],
    ),
    # Jr. alone holds the surname
    ("", "Trump Jr. was heard on Monday. Trump denied it.", []),
    ("", "Donald Trump, Jr. met a lawyer. Mr. Trump paid her.", []),
    ("", "The younger Trump met a lawyer. Trump said little.", []),
    ("", "Donald Trump junior sprach. Trump schwieg.", []),
    (
        "",
        "Trump Jr. was heard. President Trump defended him. Trump tweeted.",
        [("Trump", DONALD), ("Trump", DONALD)],
    ),
    # others of the family, listed or not
    ("Trump opens golf course", "Eric Trump opened a golf course. Trump liked it.", []),
    ("", "Kai Trump won. Trump hit 18 greens.", []),
    ("", "Ivanka Trump arrived. Trump smiled.", [("Ivanka Trump", IVANKA)]),
    ("", "Ms. Trump wore blue. Trump waved.", []),
    ("", "Brigitte Macron visited a hospital. Macron spoke to nurses.", []),
    ("", "Mrs. Macron left.", []),
    ("", "Emine Erdogan opened a museum. Erdogan praised the artists.", []),
    ("", "Michelle Obama wrote a book. Obama read from it.", []),
    # the president, once named, keeps the surname
    (
        "Trump to visit",
        "President Donald Trump left. Ivanka Trump stayed. Trump slept. Mrs. Trump did not.",
        [("Trump", DONALD), ("Donald Trump", DONALD), ("Ivanka Trump", IVANKA), ("Trump", DONALD),
         ("Trump", IVANKA)],
    ),
    (
        "",
        "Trump spoke. Donald Trump Jr. listened. Trump went on.",
        [("Trump", DONALD), ("Trump", DONALD)],
    ),
    (
        "",
        "Eric Trump spoke. Trump listened. Donald Trump went on. Trump left.",
        [("Donald Trump", DONALD), ("Trump", DONALD)],
    ),
    ("Trump wins", "Trump won. Mr. Trump spoke.", [("Trump", DONALD)] * 3),
    # sisters and wives who are listed
    (
        "",
        "Kim Yo Jong arrived. Kim smiled. Ri Sol Ju stayed. Ri sang.",
        [("Kim Yo Jong", "kim-yo-jong"), ("Kim", "kim-yo-jong"), ("Ri Sol Ju", "ri-sol-ju"),
         ("Ri", "ri-sol-ju")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("headline", "body", "expected"), CASES, ids=[body for _, body, _ in CASES]
)
def test_a_relative_is_never_the_president(
    headline: str, body: str, expected: list[tuple[str, str | None]], tagged: Tagging
) -> None:
    """A bare surname after a relative is nobody's until the article has named the president."""
    assert people(tagged(body, headline)) == expected


def test_a_relative_of_a_president_whose_surname_is_common(tagged: Tagging) -> None:
    """Hunter Biden is nobody listed, and neither is Biden after him."""
    body = "Hunter Biden pleaded guilty. Biden left the court in silence."
    assert people(tagged(body, day=date(2023, 9, 12))) == []


def test_many_namesakes_are_looked_at_once(tagged: Tagging) -> None:
    """Only the first mentions of each surname count, so a long text takes linear time."""
    assert people(tagged("Eric Trump met Trump. " * 2_000)) == []
