"""Make a raw article of the body and parameters of a POST, or say what is wrong with it. Pure.

JSON is a subset of IPTC ninjs and is kept as it was sent, because the cleaner reads ninjs; a page
or a text has its fields in the query.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import orjson

from services.fetcher.addresses.canonical_url import MAX_URL, canonical_url
from services.fetcher.parsing.wire.wire_entry import parse_embargo
from services.fetcher.push.problem import PushProblem
from services.fetcher.seeds.manifest import LANGUAGE
from shared.base.outcomes import InvalidMessage
from shared.dates.stated_time import StatedTime, parse_stated_time
from shared.messages.schemas import RawArticle

JSON_TYPES: Final = frozenset(("application/json", "application/ninjs+json"))
LINES_TYPES: Final = frozenset(
    ("application/x-ndjson", "application/jsonl", "application/json-lines")
)
TEXT_TYPES: Final = frozenset(("text/html", "application/xhtml+xml", "text/plain"))
PARAMETERS: Final = ("uri", "url", "source", "headline", "byline", "language", "published")
MAX_LINES: Final = 100
MAX_FIELD: Final = 2_000
CLOCK_TOLERANCE: Final = timedelta(days=1)
_BODIES: Final = ("body_text", "body_html", "body_xhtml", "bodies")
_STATUSES: Final = ("usable", "withheld", "canceled", "cancelled")
_TIMES: Final = ("published", "firstcreated", "versioncreated")
_WEB: Final = re.compile(r"https?:", re.IGNORECASE)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_CODE: Final = ("javascript:", "vbscript:", "data:")
"""A URI of these schemes is a program or a document, not a name."""
_KEY: Final = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedBody:
    """The body of a request: its media type, its Content-Type as it is written, its parameters."""

    media_type: str
    content_type: str
    content: bytes
    parameters: Mapping[str, str]


def split_lines(content: bytes) -> Sequence[bytes]:
    """Return the lines of a list of articles; PushProblem if there are too many, or none."""
    lines = [line for line in content.split(b"\n") if line.strip()]
    if not 0 < len(lines) <= MAX_LINES:
        raise PushProblem(
            HTTPStatus.BAD_REQUEST,
            "bad-list",
            f"the list has {len(lines)} articles: send 1 to {MAX_LINES}, each on a line of its own",
        )
    return lines


def parse_pushed(body: PushedBody, sources: Sequence[str], now: datetime) -> RawArticle:
    """Return the article, of one of these sources; PushProblem if something is wrong with it."""
    if body.media_type in JSON_TYPES:
        fields: Mapping[str, Any] = _parse_json(body.content)
        _check_item(fields, now)
    elif body.media_type in TEXT_TYPES:
        fields = body.parameters
        _check_parameters(fields, body.content)
    else:
        raise PushProblem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "bad-type",
            f"{body.media_type[:60] or 'a body without a type'} is not read here: send "
            "application/json (ninjs), application/x-ndjson, text/html or text/plain",
            field="Content-Type",
        )
    url = _url_of(fields)
    return _build(fields, body, source=_source_of(fields, sources), url=url, now=now)


def parse_idempotency_key(value: str) -> str:
    """Return the key of an Idempotency-Key header, which is a string in quotes or bare.

    https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    """
    text = value.strip()
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if not _KEY.fullmatch(bare):
        raise PushProblem(
            HTTPStatus.BAD_REQUEST,
            "bad-idempotency-key",
            "write 1 to 200 visible ASCII characters, such as a UUID in quotes",
            field="Idempotency-Key",
        )
    return bare


def _bad_field(field: str, detail: str) -> PushProblem:
    return PushProblem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-field", detail, field=field)


def _parse_json(content: bytes) -> Mapping[str, Any]:
    """Return the item; its names in lower case, too, as ninjs 3 has versionCreated."""
    try:
        item = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        detail = f"the body is not JSON: {error}"[:300]
        raise PushProblem(HTTPStatus.BAD_REQUEST, "bad-json", detail) from None
    if not isinstance(item, dict):
        detail = "the body must be one JSON object; for several, send application/x-ndjson"
        raise PushProblem(HTTPStatus.BAD_REQUEST, "bad-json", detail)
    return {**item, **{name.lower(): value for name, value in item.items()}}


def _check_item(item: Mapping[str, Any], now: datetime) -> None:
    """Check what decides whether and when an item is published, and that it has a text.

    One that is taken back or withheld needs none, and has no embargo.
    """
    status = (_text(item, "pubstatus") or "usable").rpartition(":")[2].strip().lower()
    if status not in _STATUSES:
        raise _bad_field("pubstatus", "write one of usable, withheld, canceled")
    for name in ("body_text", "body_html", "body_xhtml"):
        if item.get(name) is not None and not isinstance(item[name], str):
            raise _bad_field(name, "must be a string")
    if status != "usable":
        return
    if not any(item.get(name) for name in _BODIES):
        raise _bad_field("body_text", "the article has no text: send body_text or body_html")
    _check_embargo(item, now)


def _check_embargo(item: Mapping[str, Any], now: datetime) -> None:
    """Refuse an item that must not be published yet: nothing holds a posted article back."""
    try:
        end = parse_embargo(_text(item, "embargoed") or "")
    except InvalidMessage as error:
        raise _bad_field("embargoed", str(error)) from None
    if end is not None and end > now:
        raise _bad_field(
            "embargoed",
            f"the article must not be published before {end.isoformat()}, and nothing is held back "
            "here: post it after that time, or put it into a ninjs feed or the drop folder, which "
            "hold it until then",
        )


def _check_parameters(parameters: Mapping[str, str], content: bytes) -> None:
    for name in parameters:
        if name not in PARAMETERS:
            raise _bad_field(name, f"is no parameter: there are {', '.join(PARAMETERS)}")
    if not content.strip():
        raise PushProblem(HTTPStatus.UNPROCESSABLE_ENTITY, "empty-body", "the body has no text")


def _build(
    fields: Mapping[str, Any], body: PushedBody, *, source: str, url: str | None, now: datetime
) -> RawArticle:
    published = _published_of(fields)
    is_credible = published is not None and published.moment <= now + CLOCK_TOLERANCE
    language = _text(fields, "language")
    if language is not None and not LANGUAGE.fullmatch(language):
        raise _bad_field("language", "write a language code like en or pt-BR")
    return RawArticle(
        source=source,
        uri=_uri_of(fields, url),
        content_type=body.content_type[:200],
        content=body.content,
        fetched_at=now,
        origin="push",
        url=url,
        headline=_text(fields, "headline"),
        byline=_text(fields, "byline"),
        language=language,
        published_at=published.moment.astimezone(UTC) if published and is_credible else None,
        published_precision=published.precision if published and is_credible else "moment",
    )


def _source_of(fields: Mapping[str, Any], sources: Sequence[str]) -> str:
    source = _text(fields, "source")
    if source is None and len(sources) == 1:
        return sources[0]
    if source is None:
        raise _bad_field("source", f"the token has several: name one of {', '.join(sources)}")
    if source not in sources:
        allowed = ", ".join(sources)
        raise PushProblem(
            HTTPStatus.FORBIDDEN,
            "wrong-source",
            f"the token may push {allowed}, not {source[:64]!r}",
            field="source",
        )
    return source


def _uri_of(fields: Mapping[str, Any], url: str | None) -> str:
    """Return the identity: a web address in canonical form, so that a poll gives the same one."""
    uri = _text(fields, "uri")
    if uri is None and url is not None:
        return url
    if uri is None:
        raise _bad_field("uri", "send a uri or a url: it tells versions of one article from others")
    if _WEB.match(uri):
        return _canonical(uri, "uri")
    if not _URI.fullmatch(uri) or len(uri) > MAX_URL or uri.lower().startswith(_CODE):
        raise _bad_field("uri", "write a URI without blanks, like urn:example:123, or a URL")
    return uri


def _url_of(fields: Mapping[str, Any]) -> str | None:
    url = _text(fields, "url")
    return None if url is None else _canonical(url, "url")


def _canonical(url: str, field: str) -> str:
    try:
        return canonical_url(url)
    except InvalidMessage as error:
        raise _bad_field(field, str(error)) from None


def _published_of(fields: Mapping[str, Any]) -> StatedTime | None:
    for name, text in _iter_times(fields):
        stated = parse_stated_time(text)
        if stated is None:
            raise _bad_field(name, "write a time like 2018-09-11T14:30:00Z")
        return stated
    return None


def _iter_times(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _TIMES:
        if text := _text(fields, name):
            yield name, text


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    """Return a field's text, None if it is empty or missing."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _bad_field(name, "must be a string")
    text = value.strip()
    if len(text) > MAX_FIELD:
        raise _bad_field(name, f"is longer than {MAX_FIELD} characters")
    return text or None
