"""Step 2: cut the article out of what surrounds it: out of a page, or out of lines of plain text."""

from dataclasses import replace

from services.cleaner.draft import Draft
from services.cleaner.lines.cut import cut_lines
from services.cleaner.page.blocks.trees import Trees, shipped
from services.cleaner.page.cut import cut_page
from shared.outcomes import Drop


def cut_article(draft: Draft, trees: Trees | None = None) -> Draft | Drop:
    """Fill ``cut``; InvalidMessage for a page that no parser gets through. ``trees``: other weights than those that are shipped."""
    outcome = cut_page(draft.text, draft.raw, trees or shipped()) if draft.is_html else cut_lines(draft.text, draft.raw.headline)
    return outcome if isinstance(outcome, Drop) else replace(draft, cut=outcome)
