"""JSON-LD of a page: the objects that describe an article (schema.org), and the names of the site that published it."""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

_ARTICLE: Final = re.compile(r"Article|Posting|Report|Liveblog|Review|Opinion", re.IGNORECASE)
_SITE: Final = re.compile(r"WebSite|Organization", re.IGNORECASE)
_MOST_OBJECTS: Final = 2000
_LONGEST_SCRIPT: Final = 2_000_000


def objects(scripts: Iterable[str]) -> list[dict[str, Any]]:
    """Every object of the scripts, outer before inner, at most 2 000; a script that is no JSON is left out."""
    found: list[dict[str, Any]] = []
    for script in scripts:
        waiting = deque([_parsed(script)])
        while waiting and len(found) < _MOST_OBJECTS:
            value = waiting.popleft()
            if isinstance(value, dict):
                found.append(value)
                waiting.extend(value.values())
            elif isinstance(value, list):
                waiting.extend(value[:_MOST_OBJECTS])
    return found


def articles(all_objects: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that describe an article and say something of it."""
    return [
        each
        for each in all_objects
        if _ARTICLE.search(types(each)) and (each.get("headline") or each.get("datePublished"))
    ]


def site_names(all_objects: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What the publisher and the site are called; an agency that is named as an author is neither."""
    authors = {id(author) for each in all_objects for author in _listed(each.get("author"))}
    for each in all_objects:
        if (
            _SITE.search(types(each))
            and isinstance(each.get("name"), str)
            and id(each) not in authors
        ):
            yield each["name"]


def author_names(article: dict[str, Any]) -> Iterator[str]:
    """The names of ``author``, which may be a string, an object or a list of either."""
    for author in _listed(article.get("author")):
        for each in _listed(author.get("name") if isinstance(author, dict) else author):
            if isinstance(each, str):
                yield each


def types(each: dict[str, Any]) -> str:
    """The object's ``@type``, several joined by spaces."""
    kind = each.get("@type")
    return " ".join(str(part) for part in kind) if isinstance(kind, list) else str(kind or "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _parsed(script: str) -> Any:
    text = script.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    if len(text) > _LONGEST_SCRIPT:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
