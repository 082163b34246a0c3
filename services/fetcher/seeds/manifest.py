"""Read a folder's manifest.yaml: what is known of each article file beyond its text."""

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from services.fetcher.addresses.canonical_url import canonical_url
from shared.base.outcomes import InvalidMessage
from shared.files import yaml_document
from shared.files.yaml_document import Steps, YamlDocument
from shared.messages.codec import to_utc
from shared.messages.schemas import TimePrecision

NAME: Final = "manifest.yaml"
SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_COMPARED_NAMES: Final = 1_000
"""Of how many files the nearest name is sought: it takes time for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """What is known of one file.

    ``stated`` is when the story was published, in UTC; a bare date is the midnight of its day, and
    ``stated_precision`` says so.
    """

    file: str
    source: str
    stated: datetime | None = None
    stated_precision: TimePrecision = "moment"
    url: str | None = None
    language: str | None = None
    headline: str | None = None
    byline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    articles: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ArticleFields:
    """An element of ``articles`` as it is written."""

    file: str
    source: str
    stated: Any = None
    url: str | None = None
    language: str | None = None
    headline: str | None = None
    byline: str | None = None


Entries = tuple[tuple[ManifestEntry, ...], tuple[yaml_document.Problem, ...]]
"""The entries of a manifest, in order, and every problem in it."""


def by_file(
    entries: Entries,
) -> tuple[dict[str, ManifestEntry], tuple[yaml_document.Problem, ...]]:
    """Return the entries by file name."""
    return {entry.file: entry for entry in entries[0]}, entries[1]


def load(folder: Path) -> Entries:
    """Load the manifest of a folder on disk."""
    document = yaml_document.load(folder / NAME)
    if document.problems:
        return (), tuple(document.problems)
    return read_entries(document, [file.name for file in folder.iterdir() if file.is_file()])


def read_entries(document: YamlDocument, names: Collection[str]) -> Entries:
    """Return the entries of a parsed manifest; ``names`` are the files beside it.

    A listed file that does not exist is a problem.
    """
    document.convert((), _Manifest)
    entries, ordered = dict[str, ManifestEntry](), sorted(names)
    for path, fields in document.items(("articles",), _ArticleFields):
        _check(document, path, fields, ordered)
        if fields.file in entries:
            document.report((*path, "file"), f"{fields.file} is listed twice", code="duplicate")
        entries[fields.file] = _build_entry(document, path, fields)
    return tuple(entries.values()), tuple(sorted(set(document.problems)))


def _check(
    document: YamlDocument, path: Steps, fields: _ArticleFields, names: Sequence[str]
) -> None:
    if Path(fields.file).name != fields.file or fields.file in ("", ".", "..", NAME):
        document.report(
            (*path, "file"),
            f"{fields.file!r} is not the name of an article file in this folder",
            code="bad-file",
        )
    elif not _contains(names, fields.file):
        document.report(
            (*path, "file"),
            f"{fields.file} does not exist",
            code="missing-file",
            suggestion=yaml_document.did_you_mean(fields.file, list(names[:_COMPARED_NAMES])),
        )
    check_source(document, path, fields.source, fields.language)


def _contains(ordered: Sequence[str], name: str) -> bool:
    index = bisect_left(ordered, name)
    return index < len(ordered) and ordered[index] == name


def check_source(document: YamlDocument, path: Steps, source: str, language: str | None) -> None:
    """Report a source id or language code of another form. Feeds have the same two fields."""
    if not SOURCE.fullmatch(source):
        document.report(
            (*path, "source"),
            f"{source!r} is not a source id",
            code="bad-source",
            suggestion="write lower-case letters, digits, '.', '_', '-'; at most 64",
        )
    if language is not None and not LANGUAGE.fullmatch(language):
        document.report(
            (*path, "language"),
            f"{language!r} is not a language code",
            code="bad-language",
            suggestion="write it like en or pt-BR",
        )


def _build_entry(document: YamlDocument, path: Steps, fields: _ArticleFields) -> ManifestEntry:
    return ManifestEntry(
        file=fields.file,
        source=fields.source,
        stated=_parse_stated(document, path, fields.stated),
        stated_precision="moment" if isinstance(fields.stated, datetime) else "day",
        url=_parse_url(document, path, fields.url),
        language=fields.language,
        headline=fields.headline,
        byline=fields.byline,
    )


def _parse_stated(document: YamlDocument, path: Steps, value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value and to_utc(value)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    document.report(
        (*path, "stated"),
        f"{str(value)[:60]!r} is not a time",
        code="bad-time",
        suggestion="write 2018-09-11 or 2018-09-11T14:30:00Z, without quotes",
    )
    return None


def _parse_url(document: YamlDocument, path: Steps, value: str | None) -> str | None:
    try:
        return value and canonical_url(value)
    except InvalidMessage as error:
        document.report((*path, "url"), str(error), code="bad-url")
        return None
