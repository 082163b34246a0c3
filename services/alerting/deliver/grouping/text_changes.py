"""What a new version of an article changed, in words that people can read. Pure.

Both sides are quotes: the old text is put together again from the new one and all that was removed
from it, and changes that stand close to each other are one.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from shared.messages.schemas import Change, CleanArticle, TextChange
from shared.text.signals import parse_signal
from shared.text.writing_systems import UNSPACED

CONTEXT: Final = 40
"""Characters before and after a change that are shown with it."""
MAX_CHARACTERS: Final = 300
_WHOLE_FIELDS: Final = ("headline", "deck")
"""Fields that are shown whole: they are short."""
_UNSPACED: Final = re.compile(f"[{UNSPACED}]{{2}}")
_CLOSING: Final = frozenset(".,;:!?)]}»”’%")
_OPENING: Final = frozenset("([{«“‘$€£¥#@")


def read_changes(article: CleanArticle) -> tuple[TextChange, ...]:
    """Return the changes of the article as quotes from before and after, figures first.

    What only marks the version ("CORRECTED-", "(Corrects spelling …)") is no change.
    """
    texts = {"headline": article.headline, "deck": article.deck, "body": article.body}
    shown = [
        change
        for field, text in texts.items()
        for change in _read_field(
            [each for each in article.changes if each.field == field], text, field in _WHOLE_FIELDS
        )
    ]
    return tuple(sorted(shown, key=lambda change: not _changes_figures(change)))


def _read_field(changes: Sequence[Change], text: str, is_whole: bool) -> Iterator[TextChange]:
    """Yield the changes of one field; ``is_whole``: as one quote of all its text."""
    start = _after_mark(text)
    ordered = sorted(changes, key=lambda change: (change.start, change.end))
    real = [change for change in ordered if change.start >= start or change.end > start]
    for group in _group(real, text):
        begin, end = (start, len(text)) if is_whole else _window(group, text, start)
        change = TextChange(
            field=group[0].field,
            before=_quote(_old_text(group, text, begin, end), text, begin, end),
            after=_quote(text[begin:end], text, begin, end),
        )
        if _words(change.before) != _words(change.after):
            yield change


def _after_mark(text: str) -> int:
    """Return where the text begins behind what marks its version."""
    signal = parse_signal(text)
    if signal is None:
        return 0
    end = len(signal[1])
    return end + len(text[end:]) - len(text[end:].lstrip(" \t\n:–—-"))


def _group(changes: Sequence[Change], text: str) -> Iterator[Sequence[Change]]:
    """Yield changes that are shown together: those that would be in each other's context."""
    group = list(changes[:1])
    for before, after in pairwise(changes):
        between = text[before.end : after.start]
        is_whole = after.field in _WHOLE_FIELDS
        if not is_whole and (len(between) > CONTEXT or "\n" in between):
            yield group
            group = []
        group.append(after)
    if group:
        yield group


def _window(group: Sequence[Change], text: str, start: int) -> tuple[int, int]:
    """Return where the quote begins and ends: some whole words around the changes."""
    first, last = max(start, group[0].start), max(start, group[-1].end)
    line_start = max(start, text.rfind("\n", 0, first) + 1)
    line_end = text.find("\n", last)
    line_end = len(text) if line_end < 0 else line_end
    begin, end = max(line_start, first - CONTEXT), min(line_end, last + CONTEXT)
    if begin > line_start:
        blank = text.find(" ", begin - 1, first)
        begin = first if blank < 0 else blank + 1
    if end < line_end:
        blank = text.rfind(" ", last, end + 1)
        end = last if blank < 0 else blank
    return begin, end


def _old_text(group: Sequence[Change], text: str, begin: int, end: int) -> str:
    """Return what stood there before."""
    old, position = "", begin
    for change in group:
        old = _join(old, text[position : max(position, change.start)])
        if change.removed:
            is_closing = change.removed[0] in _CLOSING
            old = _join(old.rstrip() if is_closing else old, change.removed)
        position = max(position, change.end)
    return _join(old, text[position:end])


def _join(left: str, right: str) -> str:
    """Join two stretches of a text of which the blank between them may be gone."""
    if not left or not right or left[-1].isspace() or right[0].isspace():
        return left + right
    has_no_blank = (
        left[-1] in _OPENING
        or right[0] in _CLOSING
        or bool(_UNSPACED.fullmatch(left[-1] + right[0]))
    )
    is_within_word = not (left[-1].isalnum() or left[-1] in _CLOSING)
    return left + right if has_no_blank or is_within_word else f"{left} {right}"


def _quote(quote: str, text: str, begin: int, end: int) -> str:
    """Return a quote on one line, with dots where its line of the text goes on."""
    clean = " ".join(quote.split())
    if not clean:
        return ""
    if len(clean) > MAX_CHARACTERS:
        clean = clean[: MAX_CHARACTERS - 1].rsplit(" ", 1)[0]
        end = min(end, len(text) - 1)
    is_cut_before = begin > 0 and text[begin - 1] != "\n" and begin > _after_mark(text)
    is_cut_behind = end < len(text) and text[end] != "\n"
    return f"{'… ' * is_cut_before}{clean}{' …' * is_cut_behind}"


def _words(text: str) -> list[str]:
    return text.strip("… ").split()


def _changes_figures(change: TextChange) -> bool:
    """Return whether a figure is another one."""
    before, after = (
        sorted(word for word in _words(each) if any(map(str.isdigit, word)))
        for each in (change.before, change.after)
    )
    return before != after
