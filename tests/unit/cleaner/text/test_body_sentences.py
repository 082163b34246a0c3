from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.article_draft import ArticleDraft, Extraction
from services.cleaner.body import join_paragraphs
from services.cleaner.text.sentences import split_sentences
from tests.builders import build_raw_article
from tests.unit.cleaner.conftest import FETCHED

RAW = build_raw_article(b"", source="test", fetched_at=FETCHED)


def drafted(*paragraphs: str) -> ArticleDraft:
    """Return the draft of these paragraphs after the step."""
    body, spans = join_paragraphs(paragraphs)
    extraction = Extraction(headline="Talks", paragraphs=paragraphs)
    return split_sentences(
        ArticleDraft(raw=RAW, extraction=extraction, body=body, paragraphs=spans)
    )


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in drafted(text).sentences]


@pytest.mark.parametrize(
    "text",
    [
        "He met Mr. Kim and Gen. Lee on Tuesday.",
        "The U.S. Secretary of State left.",
        "George W. Bush spoke.",
        "It cost 2.5 million. more or less",
        "Am 12. September traf er den Minister.",
        "On Jan. 3 the talks began.",
        "Acme Inc. Chairman Lee resigned.",
        "no stop at all",
    ],
)
def test_one_sentence_stays_one(text: str) -> None:
    """Titles, initials, abbreviations, ordinals and figures do not end a sentence."""
    assert split(text) == [text]


@pytest.mark.parametrize(
    "parts",
    [
        ["He left.", "She stayed!", "Why?", "Nobody knows…", "12 did."],
        ["“We are close.”", "He smiled."],
        ["(It failed.)", "They tried again."],
        ["He lives in the U.S.", "The others do not."],
        ["Er kam.", "„Ich gehe“, sagte sie."],
        ["회담이 끝났다.", "다음 회담은 미정이다."],
        ["انتهى الاجتماع.", "هل يعودون؟", "لا أحد يعرف."],
    ],
)
def test_sentences_are_told_apart(parts: list[str]) -> None:
    """At . ! ? …, with what closes a quotation, before what can begin a sentence."""
    assert split(" ".join(parts)) == parts


def test_full_width_stops_need_no_space() -> None:
    """Chinese and Japanese sentences follow each other without a space."""
    assert split("会谈结束了。双方将再次会晤。“还没有结束！”他说。") == [
        "会谈结束了。",
        "双方将再次会晤。",
        "“还没有结束！”",
        "他说。",
    ]


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1)
        .map(str.strip)
        .filter(bool),
        max_size=6,
    )
)
def test_spans_cover_their_paragraphs(paragraphs: list[str]) -> None:
    """A paragraph's span has its text; its sentences leave out nothing but white space."""
    draft = drafted(*paragraphs)
    body, spans = draft.body, draft.paragraphs
    assert [body[span.start : span.end] for span in spans] == paragraphs
    for span, paragraph in zip(spans, paragraphs, strict=True):
        inside = [piece for piece in draft.sentences if span.start <= piece.start < span.end]
        text = "".join(body[piece.start : piece.end] for piece in inside)
        assert "".join(text.split()) == "".join(paragraph.split())
        assert all(piece.end <= following.start for piece, following in pairwise(inside))
