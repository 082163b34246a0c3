"""The one reader of articles that commands take as JSON lines or plain text.

A JSON line is an object with ``id``, ``headline``, ``body``, ``language``, ``source``,
``published``, ``tags`` and ``repeated``. Required are ``id`` and at least one of ``headline`` and
``body``. ``ALIASES`` lists other names of these fields. A field that is null counts as absent.
Fields that the reader ignores are reported on standard error, each once per file.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import orjson

from services.console.errors import EXIT_USAGE, say
from shared.files.yaml_document import did_you_mean
from shared.messages.schemas import FieldName

STANDARD_INPUT: Final = "-"
JSON_LINES_SUFFIXES: Final = frozenset({".jsonl", ".ndjson", ".json"})
ALIASES: Final = {"title": "headline", "text": "body", "lang": "language", "date": "published"}
"""Other names of fields. Where a line has both, the field's own name wins."""
FIELD_LIST: Final = "id, headline, body, language, source, published and tags"
"""The fields as error messages list them."""
_BOM: Final = b"\xef\xbb\xbf"
MAX_NAME_CHARACTERS: Final = 60
"""How much of a name from an input a message quotes."""


class Place(NamedTuple):
    """Where something stands in an input: line and column count from 1, 0 means not known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(number) for number in self[1:] if number)])


NOWHERE: Final = Place("")


class UnusableInput(Exception):  # noqa: N818 - named for what the input is
    """An input is not an article; the message is one line that says where and why."""

    def __init__(self, place: Place, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleInput:
    """An article as a JSON line or a text file brings it.

    ``tags``: word positions from 0, end exclusive, by tag clause such as ``actor(kim-jong-un)``;
    None: the tagger has to run. ``repeated``: spans of the body, in code points, that other
    articles of the source carry too.
    """

    id: str | int
    headline: str = ""
    deck: str = ""
    body: str = ""
    language: str | None = None
    source: str | None = None
    published: str | None = None
    tags: dict[str, list[tuple[FieldName, int, int]]] | None = None
    repeated: list[tuple[int, int]] = field(default_factory=list)
    place: Place = NOWHERE

    def published_at(self) -> datetime | None:
        """Return the time of publication in UTC, or None; UnusableInput if it is not ISO 8601."""
        return parse_moment(self.published, self.place) if self.published else None


FIELDS: Final = frozenset(ArticleInput.__dataclass_fields__) - {"place"}


@dataclass(slots=True)
class ArticleReader:
    """Converts the JSON lines of one file; remembers which ignored fields it has reported."""

    file: str
    reported: set[str] = field(default_factory=set)

    def parse(self, line: bytes, number: int) -> ArticleInput:
        """Parse one line, counted from 1. Raises UnusableInput."""
        place = Place(self.file, number)
        return self.convert(parse_json(line, place), place)

    def convert(self, value: object, place: Place) -> ArticleInput:
        """Convert the value of a line. Raises UnusableInput."""
        if not isinstance(value, dict):
            raise UnusableInput(place, _not_an_article("not a JSON object"))
        fields = {name: value[name] for name in FIELDS & value.keys() if value[name] is not None}
        for alias, name in ALIASES.items():
            if name not in fields and value.get(alias) is not None:
                fields[name] = value[alias]
        self._report_ignored(value, place)
        try:
            article = msgspec.convert(fields, ArticleInput, strict=True)
        except msgspec.ValidationError as error:
            raise UnusableInput(place, _not_an_article(str(error))) from error
        if fields.keys().isdisjoint({"headline", "body"}):
            raise UnusableInput(place, _not_an_article("no headline and no body"))
        return replace(article, place=place)

    def _report_ignored(self, value: Mapping[str, Any], place: Place) -> None:
        for name in sorted(value.keys() - FIELDS - self.reported):
            field_name = ALIASES.get(name)
            if field_name is None:
                reason = did_you_mean(name, sorted({*FIELDS, *ALIASES})) or "unknown"
            elif value[name] is not None and value.get(field_name) is not None:
                reason = f"{field_name!r} is there too"
            else:
                continue
            self.reported.add(name)
            say(f"{place}: field {name[:MAX_NAME_CHARACTERS]!r} is ignored: {reason}")


def file_name(path: Path) -> str:
    """Return how messages call the file."""
    return "<stdin>" if str(path) == STANDARD_INPUT else str(path)


def load_bytes(path: Path) -> bytes:
    """Return the content of a file, or of standard input for ``-``. Raises UnusableInput."""
    try:
        data = sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise UnusableInput(Place(file_name(path)), reason) from error
    return data.removeprefix(_BOM)


def iter_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not blank, with its number from 1."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def iter_inputs(path: Path, *, takes_text: bool = False) -> Iterator[ArticleInput | UnusableInput]:
    """Yield the article of each line of a JSON-lines file, or why the line is not one.

    ``takes_text``: another file is one article of plain text; JSON lines are known by the file's
    suffix or a leading ``{``.
    """
    try:
        data = load_bytes(path)
    except UnusableInput as error:
        yield error
        return
    is_json = path.suffix.lower() in JSON_LINES_SUFFIXES or data.lstrip().startswith(b"{")
    if takes_text and not is_json:
        yield _text_article(path, data)
        return
    reader = ArticleReader(file_name(path))
    for number, line in iter_lines(data):
        try:
            yield reader.parse(line, number)
        except UnusableInput as error:
            yield error


def handle_articles(
    paths: Iterable[Path], handle: Callable[[ArticleInput], None], *, takes_text: bool = False
) -> int:
    """Handle each article of the paths, in order; what cannot be used is named and left out.

    ``handle`` may raise UnusableInput, too. Returns the exit code: 2 if something was left out.
    """
    exit_code = 0
    for item in chain.from_iterable(iter_inputs(path, takes_text=takes_text) for path in paths):
        try:
            if isinstance(item, UnusableInput):
                raise item
            handle(item)
        except UnusableInput as error:
            sys.stdout.flush()
            say(str(error))
            exit_code = EXIT_USAGE
    sys.stdout.flush()
    return exit_code


def _text_article(path: Path, data: bytes) -> ArticleInput | UnusableInput:
    place = Place(file_name(path))
    try:
        return ArticleInput(id=str(path), body=data.decode(), place=place)
    except UnicodeDecodeError as error:
        return UnusableInput(place, _encoding_error(error))


def parse_json(line: bytes, place: Place) -> Any:
    """Parse one line. Raises UnusableInput, with the column where the mistake is."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        reason = error.msg
        try:
            line.decode()
        except UnicodeDecodeError as encoding:
            reason = _encoding_error(encoding)
        where = place._replace(column=error.colno)
        raise UnusableInput(where, f"not JSON: {reason}") from error


def parse_moment(text: str, place: Place) -> datetime:
    """Parse an ISO 8601 date or time; one without a zone is UTC. Raises UnusableInput."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        hint = "write 2018-09-12 or 2018-09-12T08:30:00Z"
        raise UnusableInput(place, f"not a date: {text!r}; {hint}") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _not_an_article(reason: str) -> str:
    return f"not an article: {reason}; expected {FIELD_LIST}"


def _encoding_error(error: UnicodeDecodeError) -> str:
    return f"not UTF-8: byte {error.start} is {error.object[error.start]:#04x}"
