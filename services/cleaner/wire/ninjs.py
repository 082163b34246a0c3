"""IPTC ninjs, versions 1 to 3: news in JSON. https://iptc.org/std/ninjs/

1.x has headline, byline, body_text and body_html; from 2.0 on there are lists: headlines, bodies, with a role and a content type.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from services.cleaner.text.characters import tidy
from services.cleaner.wire.item import WireItem, marked_up_paragraphs, plain_paragraphs
from shared.base.outcomes import InvalidMessage


def is_ninjs(text: str, content_type: str) -> bool:
    """Whether the text is meant as ninjs: its type says JSON, or it is an object that names a uri."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.endswith("json") or (
        text.lstrip()[:1] == "{" and '"uri"' in text and not kind.endswith("html")
    )


def read_ninjs(text: str) -> WireItem:
    """The item. InvalidMessage: it is no JSON object."""
    try:
        item = orjson.loads(text.strip())
    except orjson.JSONDecodeError as error:
        raise InvalidMessage(f"ninjs that is no JSON: {error}") from error
    if not isinstance(item, dict):
        raise InvalidMessage("ninjs: an object is expected")
    return WireItem(
        form="ninjs",
        headline=tidy(_text(item, "headline") or _main(item, "headlines") or _text(item, "title")),
        byline=tidy(_text(item, "byline") or _text(item, "by")),
        authors=tuple(_authors(item)),
        paragraphs=_paragraphs(item),
        language=_text(item, "language"),
        section=next(
            (
                name
                for each in _objects(item, "subjects", "subject")
                if (name := tidy(_text(each, "name")))
            ),
            "",
        ),
        located=tidy(_text(item, "located")),
        version=_text(item, "version"),
        created=_text(item, "firstcreated")
        or _text(item, "contentcreated")
        or _text(item, "versioncreated"),
        changed=_text(item, "versioncreated"),
        pubstatus=_text(item, "pubstatus"),
        urgency=_text(item, "urgency"),
    )


def _paragraphs(item: dict[str, Any]) -> tuple[str, ...]:
    """The body: plain text before HTML, since nothing can go wrong with it; of several bodies, the main one."""
    bodies = _objects(item, "bodies")
    bodies.sort(key=lambda body: _text(body, "role") not in {"", "main"})
    plain = [
        _text(body, "value")
        for body in bodies
        if "html" not in (_text(body, "contenttype") or _text(body, "contentType")).lower()
    ]
    marked = [
        _text(body, "value")
        for body in bodies
        if "html" in (_text(body, "contenttype") or _text(body, "contentType")).lower()
    ]
    text = _text(item, "body_text") or next(iter(plain), "")
    html = _text(item, "body_html") or _text(item, "body_xhtml") or next(iter(marked), "")
    return plain_paragraphs([text]) or (marked_up_paragraphs(html) if html else ())


def _authors(item: dict[str, Any]) -> Iterator[str]:
    for person in _objects(item, "people", "person"):
        name = tidy(_text(person, "name"))
        if name and "author" in _text(person, "rel").lower():
            yield name


def _main(item: dict[str, Any], name: str) -> str:
    values = _objects(item, name)
    values.sort(key=lambda value: _text(value, "role") not in {"", "main"})
    return _text(values[0], "value") if values else ""


def _objects(item: dict[str, Any], *names: str) -> list[dict[str, Any]]:
    lists = (item.get(name) for name in names)
    return [
        each
        for value in lists
        if isinstance(value, list)
        for each in value
        if isinstance(each, dict)
    ]


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return (
        value
        if isinstance(value, str)
        else str(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else ""
    )
