"""The line model: features by name, and how a decision follows from the scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cleaner.lines.features import FEATURES, feature_matrix
from services.cleaner.lines.line_types import TextLine, lines_of
from services.cleaner.lines.repeats import mark_repeats
from services.cleaner.lines.scores import WEIGHTS, load_model, score_lines
from services.cleaner.lines.select_lines import select_lines
from tests.unit.cleaner.conftest import STORY

OFFER = "Subscribe now"
_MOST_BYTES = 300_000


def parse_lines(*texts: str) -> list[TextLine]:
    return mark_repeats(lines_of("\n".join(texts)))


def column(name: str, *texts: str) -> list[float]:
    return [
        round(float(value), 3)
        for value in feature_matrix(parse_lines(*texts))[:, FEATURES.index(name)]
    ]


def test_features_by_name() -> None:
    """Each column says what its name says, of the line, of those around it, and of the story."""
    assert column("digits", "12ab", "abcd") == [0.5, 0]
    assert column("under four words", "Home", STORY[0]) == [1, 0]
    assert column("copies", "Home", "HOME", "World") == [1, 1, 0]
    assert column("speaks of accounts", OFFER, STORY[0]) == [1, 0]
    assert column("running at -1", "Home", *STORY[:2]) == [-1, 0, 1]
    assert column("lines to running", "Home", "World", STORY[0]) == [2, 1, 20]
    assert column("lines since junk", OFFER, "World", STORY[0]) == [20, 1, 2]
    assert column("running part of text", STORY[0]) == [1]
    assert column("in the stretch", "Home", "World", STORY[0], STORY[1]) == [0, 0, 1, 1]
    assert column(
        "lines from the headline",
        "World",
        "Delegations meet for hours over inspections",
        *STORY[:2],
    ) == [-1, 0, 1, 2]


def test_where_a_line_stands_in_a_page_is_no_feature() -> None:
    """Lines far above change only the features of the whole text."""
    whole = (
        "running part of text",
        "usual running line",
        "running text so far",
        "its part of text",
        "its junk",
        "common words",
    )
    kept_columns = [
        column_number for column_number, name in enumerate(FEATURES) if name not in whole
    ]
    near, far = (
        feature_matrix(
            parse_lines(*(["Menu of pages"] * 2 + ["Section of menu"] * 2) * count, *STORY)
        )[-1, kept_columns]
        for count in (9, 18)
    )
    assert [
        FEATURES[column_number]
        for column_number, left, right in zip(kept_columns, near, far, strict=True)
        if abs(left - right) > 0.3
    ] == []


@given(
    st.lists(
        st.sampled_from(
            [
                "",
                "x",
                "…",
                "東京で会談が行われた。",
                "اتفق مفاوضون.",
                *STORY,
                OFFER,
                "{{ x }}",
                "a | b | c | d",
            ]
        ),
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)  # the first example may compile
def test_any_text_has_its_matrix_and_scores(texts: list[str]) -> None:
    """Any text has a row of finite numbers for each line."""
    lines = parse_lines(*texts)
    rows = feature_matrix(lines)
    assert rows.shape == (len(lines), len(FEATURES))
    assert np.isfinite(rows).all()
    likely = score_lines(lines, load_model())
    assert ((likely >= 0) & (likely <= 1)).all()


@pytest.mark.parametrize(
    ("likely", "texts", "expected"),
    [
        # A clean text: nothing speaks for a page around it, or nearly all looks like an article.
        ([0.9, 0.1, 0.02, 0.1, 0.9], [*STORY, STORY[0] + " Again."], "yynyy"),
        ([0.9, 0.9, 0.04, 0.9, 0.9], [*STORY[:2], "A subhead", *STORY[2:3], OFFER], "yyyyn"),
        # some of it is none: each line by its own score
        (
            [0.9, 0.9, 0.9, 0.0, 0.0, 0.0, 0.5, 0.9],
            [*STORY[:3], "One", "Two", "Three", STORY[3], OFFER],
            "yyynnnyn",
        ),
        # little of it looks like an article: one stretch, and the gaps between lines that stay
        ([0.4, 0.1, 0.9, 0.3, 0.9, 0.1, 0.9], [*STORY[:1], *STORY, "A line", OFFER], "nnyyynn"),
    ],
)
def test_how_to_decide_follows_from_the_share_of_likely_words(
    likely: list[float], texts: list[str], expected: str
) -> None:
    """Clean texts are hardly changed, and of a page's dump one stretch stays.

    A vetoed line never stays.
    """
    lines = lines_of("\n".join(texts))
    assert "".join("ny"[int(stays)] for stays in select_lines(lines, np.array(likely))) == expected


def test_few_sentences_are_judged_by_hand() -> None:
    """A text that is too short for the model is decided by the hand-made rules.

    A short item beside an offer stays; one that is alone stays whole.
    """
    lines = parse_lines(STORY[0], OFFER, "He did not elaborate.")
    assert select_lines(lines, np.full(3, 0.2)).tolist() == [True, False, True]
    assert select_lines(parse_lines(STORY[0], "What is known", "And then"), np.zeros(3)).all()


def test_the_weights_are_small() -> None:
    """The weights are part of every image."""
    assert WEIGHTS.stat().st_size < _MOST_BYTES
