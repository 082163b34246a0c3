"""RawArticle → CleanArticle: the steps in order. Read this file first.

Every step is a pure function that takes a draft and returns a fuller draft or ``Drop(reason)``;
``sign`` turns the last draft into the article. To add a step: one file, its test, one line here.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.body import join_body
from services.cleaner.decoding.decode import decode
from services.cleaner.event_time import choose_event_time
from services.cleaner.extract import extract_article
from services.cleaner.sign import sign
from services.cleaner.text.dateline import find_dateline
from services.cleaner.text.drop_caps import join_drop_cap
from services.cleaner.text.foreign_paragraphs import mark_foreign
from services.cleaner.text.language import identify_language
from services.cleaner.text.sentences import split_sentences
from services.cleaner.text.signature import sign_body
from services.cleaner.versions.signals import find_signal
from shared.base.outcomes import Drop
from shared.messages.schemas import CleanArticle, RawArticle

Step = Callable[[ArticleDraft], ArticleDraft | Drop]
STEPS: Final[tuple[Step, ...]] = (
    decode,
    extract_article,
    join_drop_cap,
    join_body,
    split_sentences,
    identify_language,
    mark_foreign,
    sign_body,
    find_dateline,
    find_signal,
    choose_event_time,
)


def clean(raw: RawArticle, removed_lines: Collection[str] = ()) -> CleanArticle | Drop:
    """Turn one fetched page or file into one article, or a Drop that says why there is none.

    ``removed_lines``: fingerprints of the lines that source memory removes (memory/). Raises
    InvalidMessage for content that can never be processed.
    """
    outcome = build_draft(raw, removed_lines=removed_lines)
    return outcome if isinstance(outcome, Drop) else sign(outcome)


def build_draft(
    raw: RawArticle, steps: Sequence[Step] = STEPS, removed_lines: Collection[str] = ()
) -> ArticleDraft | Drop:
    """Run all steps but the last.

    A draft still holds the extraction with the numbers of the body's lines, which ``try clean``
    shows.
    """
    draft = ArticleDraft(raw=raw, removed_lines=removed_lines)
    for step in steps:
        outcome = step(draft)
        if isinstance(outcome, Drop):
            return outcome
        draft = outcome
    return draft
