"""IPTC ninjs, versions 1 to 3: news in JSON.

https://iptc.org/std/ninjs/

1.x has headline, byline, body_text and body_html; from 2.0 on there are lists, headlines and
bodies, whose entries have a role and a content type; 3.0 writes versionCreated and pubStatus.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from services.cleaner.text.characters import tidy
from services.cleaner.wire.item import WireItem, html_paragraphs, plain_paragraphs
from shared.base.outcomes import InvalidMessage


def is_ninjs(text: str, content_type: str) -> bool:
    """Return whether the text is ninjs: its type says JSON, or it is an object that has a uri."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.endswith("json"):
        return True
    return text.lstrip()[:1] == "{" and '"uri"' in text and not media_type.endswith("html")


def parse_ninjs(text: str) -> WireItem:
    """Parse the item. Raises InvalidMessage if it is no JSON object."""
    try:
        item = orjson.loads(text.strip())
    except orjson.JSONDecodeError as error:
        raise InvalidMessage(f"the ninjs is no JSON: {error}") from error
    if not isinstance(item, dict):
        raise InvalidMessage("ninjs must be an object")
    item = {**item, **{name.lower(): value for name, value in item.items()}}
    headline = _text(item, "headline") or _main(item, "headlines") or _text(item, "title")
    subjects = (tidy(_text(subject, "name")) for subject in _objects(item, "subjects", "subject"))
    created = (_text(item, name) for name in ("firstcreated", "contentcreated", "versioncreated"))
    return WireItem(
        format_name="ninjs",
        headline=tidy(headline),
        summary=tidy(_text(item, "description_text") or _main(item, "descriptions")),
        byline=tidy(_text(item, "byline") or _text(item, "by")),
        authors=tuple(_authors(item)),
        paragraphs=_paragraphs(item),
        language=_text(item, "language"),
        section=next(filter(None, subjects), ""),
        located=tidy(_text(item, "located")),
        version=_text(item, "version"),
        created=next(filter(None, created), ""),
        changed=_text(item, "versioncreated"),
        pubstatus=_text(item, "pubstatus"),
        urgency=_text(item, "urgency"),
        note=tidy(_text(item, "ednote")),
    )


def _paragraphs(item: dict[str, Any]) -> tuple[str, ...]:
    """Return the body's paragraphs; of several bodies, those of the main one.

    Plain text comes before HTML, since nothing can go wrong with it.
    """
    bodies = _objects(item, "bodies")
    bodies.sort(key=lambda body: _text(body, "role") not in {"", "main"})
    plain = [_text(body, "value") for body in bodies if not _is_html(body)]
    html = [_text(body, "value") for body in bodies if _is_html(body)]
    body_text = _text(item, "body_text") or next(iter(plain), "")
    body_html = _text(item, "body_html") or _text(item, "body_xhtml") or next(iter(html), "")
    return plain_paragraphs([body_text]) or (html_paragraphs(body_html) if body_html else ())


def _is_html(body: dict[str, Any]) -> bool:
    content_type = _text(body, "contenttype") or _text(body, "contentType")
    return "html" in content_type.lower()


def _authors(item: dict[str, Any]) -> Iterator[str]:
    for person in _objects(item, "people", "person"):
        name = tidy(_text(person, "name"))
        if name and "author" in _text(person, "rel").lower():
            yield name


def _main(item: dict[str, Any], name: str) -> str:
    """Return the main one of several texts, plain text before HTML."""
    values = _objects(item, name)
    values.sort(key=lambda value: (_is_html(value), _text(value, "role") not in {"", "main"}))
    return _text(values[0], "value") if values else ""


def _objects(item: dict[str, Any], *names: str) -> list[dict[str, Any]]:
    lists = (item.get(name) for name in names)
    values = (value for entry in lists if isinstance(entry, list) for value in entry)
    return [value for value in values if isinstance(value, dict)]


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
