"""What a source's state remembers of its files, so that each article is written once. Pure.

A file is claimed under a token of its own. The transaction that writes its last article writes the
mark of its token as well; one that writes some of its articles, because others wait for the end of
an embargo or for their pages, writes marks of those. A file whose token is marked is only moved.
Marks of files that have been moved are dropped by the next transaction.
"""

from collections.abc import Collection, Iterable, Sequence

from services.fetcher.parsing.feed_entry import FeedEntry


def is_written(marks: Collection[str], token: str) -> bool:
    """Return whether all articles of a file have been written."""
    return token in marks


def unwritten_entries(
    marks: Collection[str], token: str, entries: Iterable[FeedEntry]
) -> list[FeedEntry]:
    """Return a file's entries that have not been written."""
    return [entry for entry in entries if _entry_mark(token, entry) not in marks]


def add_marks(
    marks: Sequence[str], token: str, written: Iterable[FeedEntry], *, is_whole: bool
) -> tuple[str, ...]:
    """Return the marks after some entries of a file; ``is_whole``: nothing is left of it."""
    others = [mark for mark in marks if not _is_of(mark, token)]
    if is_whole:
        return (*others, token)
    own = [mark for mark in marks if _is_of(mark, token)]
    return (*others, *own, *(_entry_mark(token, entry) for entry in written))


def drop_marks(marks: Iterable[str], claimed: Collection[str]) -> tuple[str, ...]:
    """Return the marks of files that are still claimed."""
    return tuple(mark for mark in marks if mark.partition("/")[0] in claimed)


def _entry_mark(token: str, entry: FeedEntry) -> str:
    return f"{token}/{entry.key}"


def _is_of(mark: str, token: str) -> bool:
    return mark == token or mark.startswith(f"{token}/")
