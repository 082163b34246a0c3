"""Step 8: find what a publisher says about a version at the start of its headline or lead.

A kill takes the article back (``pubstatus`` canceled), as the status of a wire item does.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.lines.extract import DECK, KICKER
from shared.text.signals import parse_signal

_MAX_EVIDENCE_CHARACTERS: Final = 80


def find_signal(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``signal`` and ``pubstatus``."""
    pubstatus = draft.extraction.pubstatus
    for where, text in _starts(draft):
        if signal := parse_signal(text):
            kind, words = signal
            status = "canceled" if kind == "kill" else pubstatus
            evidence = f"{where}: {words[:_MAX_EVIDENCE_CHARACTERS]}"
            return replace(draft, signal=kind, pubstatus=status).with_evidence(signal=evidence)
    return replace(draft, pubstatus=pubstatus)


def _starts(draft: ArticleDraft) -> Iterator[tuple[str, str]]:
    """Yield where signals are: headline, first paragraph, and left out lines above or between."""
    yield "headline", draft.headline
    yield from (("lead", text) for text in draft.extraction.paragraphs[:1])
    for line in draft.extraction.dropped:
        if line.why in {KICKER, DECK}:
            yield line.why, line.text.strip()
