"""A folder's manifest.yaml: what is known of each article file beyond its text. All mistakes are told at once."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from services.fetcher.canonical_url import canonical_url
from shared.base.outcomes import InvalidMessage
from shared.files import yaml_document
from shared.files.yaml_document import Steps, YamlDocument
from shared.messages.codec import to_utc

NAME: Final = "manifest.yaml"
SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """What is known of one file. ``stated``: when the story was published, in UTC; a bare date means its first moment."""

    file: str
    source: str
    stated: datetime | None = None
    url: str | None = None
    language: str | None = None
    headline: str | None = None
    byline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    articles: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """An element of ``articles`` as it is written."""

    file: str
    source: str
    stated: Any = None
    url: str | None = None
    language: str | None = None
    headline: str | None = None
    byline: str | None = None


def load(folder: Path) -> tuple[tuple[ManifestEntry, ...], tuple[yaml_document.Problem, ...]]:
    """The entries of a folder's manifest, in its order, and every mistake in it; a listed file that is missing is one."""
    document = yaml_document.load(folder / NAME)
    if document.problems:
        return (), tuple(document.problems)
    document.convert((), _Manifest)
    entries = dict[str, ManifestEntry]()
    for path, line in document.items(("articles",), _Line):
        _check(document, path, line, folder)
        if line.file in entries:
            document.report((*path, "file"), f"{line.file} is listed twice", code="duplicate")
        entries[line.file] = _entry(document, path, line)
    return tuple(entries.values()), tuple(sorted(set(document.problems)))


def _check(document: YamlDocument, path: Steps, line: _Line, folder: Path) -> None:
    if Path(line.file).name != line.file or line.file in ("", ".", "..", NAME):
        document.report(
            (*path, "file"),
            f"{line.file!r} is not the name of an article file in this folder",
            code="bad-file",
        )
    elif not (folder / line.file).is_file():
        known = sorted(each.name for each in folder.iterdir())
        document.report(
            (*path, "file"),
            f"{line.file} is not there",
            code="missing-file",
            suggestion=yaml_document.did_you_mean(line.file, known),
        )
    if not SOURCE.fullmatch(line.source):
        document.report(
            (*path, "source"),
            f"{line.source!r} is no source id",
            code="bad-source",
            suggestion="write small letters, digits, '.', '_', '-'; at most 64",
        )
    if line.language is not None and not LANGUAGE.fullmatch(line.language):
        document.report(
            (*path, "language"),
            f"{line.language!r} is no language code",
            code="bad-language",
            suggestion="write it like en or pt-BR",
        )


def _entry(document: YamlDocument, path: Steps, line: _Line) -> ManifestEntry:
    return ManifestEntry(
        file=line.file,
        source=line.source,
        stated=_stated(document, path, line.stated),
        url=_url(document, path, line.url),
        language=line.language,
        headline=line.headline,
        byline=line.byline,
    )


def _stated(document: YamlDocument, path: Steps, value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value and to_utc(value)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    document.report(
        (*path, "stated"),
        f"{str(value)[:60]!r} is no time",
        code="bad-time",
        suggestion="write 2018-09-11 or 2018-09-11T14:30:00Z",
    )
    return None


def _url(document: YamlDocument, path: Steps, value: str | None) -> str | None:
    try:
        return value and canonical_url(value)
    except InvalidMessage as error:
        document.report((*path, "url"), str(error), code="bad-url")
        return None
