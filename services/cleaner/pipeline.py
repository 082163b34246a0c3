"""RawArticle → CleanArticle: the steps in order. Read this file first.

Every step is a pure function from a draft to a fuller draft, or ``Drop(reason)``; ``sign`` makes the article of the last one. To add a
step: one file, its test, one line here.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.body import join_body
from services.cleaner.decoding.decode import decode
from services.cleaner.event_time import settle_event_time
from services.cleaner.extract import cut_article
from services.cleaner.sign import sign
from services.cleaner.text.dateline import find_dateline
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
    cut_article,
    join_body,
    split_sentences,
    identify_language,
    mark_foreign,
    sign_body,
    find_dateline,
    find_signal,
    settle_event_time,
)


def clean(raw: RawArticle, known: Collection[str] = ()) -> CleanArticle | Drop:
    """Turn one fetched page or file into one article, or say why not. InvalidMessage: content that can never be read.

    ``known``: the lines that its source's memory tells us to cut, by their fingerprints (memory/).
    """
    outcome = build_draft(raw, known=known)
    return outcome if isinstance(outcome, Drop) else sign(outcome)


def build_draft(
    raw: RawArticle, steps: Sequence[Step] = STEPS, known: Collection[str] = ()
) -> ArticleDraft | Drop:
    """All steps but the last: the draft still knows which lines were kept, which ``try clean`` shows."""
    draft = ArticleDraft(raw=raw, known=known)
    for step in steps:
        outcome = step(draft)
        if isinstance(outcome, Drop):
            return outcome
        draft = outcome
    return draft
