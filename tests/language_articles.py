"""Generated articles on which the trees of `language_trees` often fire.

They use the same words, in sentences and paragraphs, with tags here and there.
"""

from itertools import pairwise
from typing import Final

from hypothesis import strategies as st

from services.alerting.language.document import FIELDS, Document, WordSpan, sort_spans
from shared.messages.schemas import FieldName, Span, StatusScope
from shared.text.words import SegmentedText, find_paragraphs, segment_text
from tests.language_trees import LANGUAGES, SOURCES, SURFACES, TAGS

_FILLERS: Final = (
    "the",
    "said",
    "denuclearization",
    "Zurich’s",
    "ISTANBUL",
    "strasse",
    "summits",
    "金正恩",
    "김정은이",
    "ประธานาธิบดีทรัมป์กล่าว",
    "İran’ın",
    "Trump'ın",
    "Un'un",
    "Kim2’s",
    "talks[1][2]",
    "summit³",
    "🚀",
    "–",
    "x" * 9,
)
_BREAKS: Final = (" ", " ", " ", " ", ". ", ". The ", "\n", "\n\n", ", ", "-", "\u00a0", " \u200f")

_texts: Final = st.lists(
    st.tuples(st.sampled_from(SURFACES + _FILLERS), st.sampled_from(_BREAKS)), max_size=24
).map(lambda pairs: "".join(word + blank for word, blank in pairs))
_mentions: Final = st.lists(
    st.tuples(
        st.sampled_from([tag.clause for tag in TAGS]),
        st.sampled_from(FIELDS),
        st.integers(0, 30),
        st.integers(0, 2),
    ),
    max_size=6,
)


_scopes: Final = st.lists(
    st.builds(
        lambda field, start, size, status: StatusScope(
            field=field, start=start, end=start + size, status=status, reason="r"
        ),
        st.sampled_from(FIELDS),
        st.integers(0, 150),
        st.integers(0, 40),
        st.sampled_from(("denied", "planned", "past", "past", "claimed")),
    ),
    max_size=4,
)
"""They may overlap, begin inside a word, hold none, or go on behind the text."""


def _stretch(text: SegmentedText, field: FieldName, first: int, more: int) -> WordSpan:
    first %= len(text.starts)
    last = min(first + more, len(text.starts) - 1)
    return WordSpan(field, first, last, text.starts[first], text.ends[last])


def _stated(body: str, starts: list[int]) -> tuple[Span, ...] | None:
    """Return sentences as a message may state them: each in one paragraph, else anywhere."""
    if not starts:
        return None
    firsts = sorted({*starts, *(span.start for span in find_paragraphs(body))})
    return tuple(Span(start=at, end=end) for at, end in pairwise([*firsts, len(body)]))


def _document(
    headline: str,
    deck: str,
    body: str,
    starts: list[int],
    mentions: list[tuple[str, FieldName, int, int]],
    scopes: list[StatusScope],
    source: str,
    language: str,
) -> Document:
    texts: dict[FieldName, SegmentedText] = {
        "headline": segment_text(headline, one_sentence=True, language=language),
        "deck": segment_text(deck, language=language),
        "body": segment_text(body, sentences=_stated(body, starts), language=language),
    }
    found: dict[str, list[WordSpan]] = {}
    for name, field, first, more in mentions:
        if texts[field].words:
            found.setdefault(name, []).append(_stretch(texts[field], field, first, more))
    return Document(
        headline=texts["headline"],
        deck=texts["deck"],
        body=texts["body"],
        scopes=tuple(scopes),
        tags=sort_spans(found),
        source=source,
        language=language,
    )


documents: Final = st.builds(
    _document,
    _texts.map(lambda text: text[:40]),
    _texts.map(lambda text: text[:60]) | st.just(""),
    _texts,
    st.lists(st.integers(0, 60), max_size=4) | st.just([]),
    _mentions,
    _scopes,
    st.sampled_from((*SOURCES, "bbc")),
    st.sampled_from((*LANGUAGES, "en-GB")),
)
"""Articles prepared for rules: a short headline, a deck or none, up to thirty words of body; tags and scopes."""
