"""JSON-LD of a page: the objects that describe an article (schema.org), and the site's names."""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

_ARTICLE: Final = re.compile(r"Article|Posting|Report|Liveblog|Review|Opinion", re.IGNORECASE)
_SITE: Final = re.compile(r"WebSite|Organization", re.IGNORECASE)
_ELSEWHERE: Final = frozenset(
    ("mentions", "citation", "itemListElement", "relatedLink", "comment", "isBasedOn", "about")
)
"""Properties whose articles are others than the page's."""
_MAX_OBJECTS: Final = 2000
_MAX_SCRIPT_CHARACTERS: Final = 2_000_000


def objects(scripts: Iterable[str]) -> list[dict[str, Any]]:
    """Return every object of the scripts, outer before inner, at most 2 000.

    A script that is not JSON is ignored.
    """
    result: list[dict[str, Any]] = []
    for script in scripts:
        queue = deque([_parse(script)])
        while queue and len(result) < _MAX_OBJECTS:
            value = queue.popleft()
            if isinstance(value, dict):
                result.append(value)
                queue.extend(value.values())
            elif isinstance(value, list):
                queue.extend(value[:_MAX_OBJECTS])
    return result


def articles(all_objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those that describe an article, with a headline or a date.

    Articles that another object lists or mentions are left out.
    """
    listed = deque(entry[name] for entry in all_objects for name in _ELSEWHERE & entry.keys())
    elsewhere = _inside(listed)
    return [
        entry
        for entry in all_objects
        if _ARTICLE.search(types(entry))
        and (entry.get("headline") or entry.get("datePublished"))
        and id(entry) not in elsewhere
    ]


def _inside(queue: deque[Any]) -> set[int]:
    """Return the ids of the objects in these values."""
    ids: set[int] = set()
    while queue:
        value = queue.popleft()
        if isinstance(value, list):
            queue.extend(value[:_MAX_OBJECTS])
        elif isinstance(value, dict) and id(value) not in ids:
            ids.add(id(value))
            queue.extend(value.values())
    return ids


def site_names(all_objects: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the names of the publisher and the site.

    An organisation that is named as an author, such as an agency, is neither.
    """
    values = (entry["author"] for entry in all_objects if "author" in entry)
    authors = {id(author) for value in values for author in _to_list(value)}
    for entry in all_objects:
        name = entry.get("name")
        if isinstance(name, str) and is_site(entry) and id(entry) not in authors:
            yield name


def is_site(entry: dict[str, Any]) -> bool:
    """Return whether the object is a site or an organisation."""
    return bool(_SITE.search(types(entry)))


def author_names(article: dict[str, Any]) -> Iterator[str]:
    """Yield the names of ``author``, which may be a string, an object or a list of either."""
    for author in _to_list(article.get("author")):
        for name in _to_list(author.get("name") if isinstance(author, dict) else author):
            if isinstance(name, str):
                yield name


def addresses(article: dict[str, Any]) -> Iterator[str]:
    """Yield the addresses that the object gives itself."""
    for name in ("url", "@id", "mainEntityOfPage"):
        value = article.get(name)
        link = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(link, str):
            yield link


def types(entry: dict[str, Any]) -> str:
    """Return the object's ``@type``; several are joined by spaces."""
    value = entry.get("@type")
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _to_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _parse(script: str) -> Any:
    text = script.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    if len(text) > _MAX_SCRIPT_CHARACTERS:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
