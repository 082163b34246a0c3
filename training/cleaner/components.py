"""Rebuild pages of components: each paragraph or two in a wrapper of its own, as broadcasters do.

Few of the training pages are built like that, and on those that are the names of their wrappers are
the publisher's. A rebuilt page has the same text, so that it keeps its true body; its wrappers have
names that say nothing, and boxes of the page's own links are built like the wrappers of prose.
"""

import random
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

import lxml.html
from lxml.html import HtmlElement

from services.cleaner.decoding.decode import decode_bytes
from training.cleaner.examples import Example

REBUILT: Final = ", rebuilt"
"""What the name of a collection of rebuilt pages ends with."""
_NAMES: Final = """
text block component rich wrapper container module card box item row col grid section story content
inner body topic list media more promo widget layout slice zone panel feature article page post
entry chunk part unit tile group region lead summary main
""".split()  # noqa: SIM905 - a table of words
_TAGS: Final = ("div", "div", "div", "section", "x-part")
_JOINTS: Final = ("-", "__", "_")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_WRAPPERS: Final = (1, 3)
_MIN_PARAGRAPHS: Final = 5
_BOX_EVERY: Final = (3, 9)
_BOX_LINKS: Final = (2, 5)
_LINK_WORDS: Final = range(3, 20)
_PLAIN_SHARE: Final = 0.5
"""Share of the pages on which the elements around the article lose their names, too."""
_DIV_SHARE: Final = 0.25


def as_components(example: Example) -> Example | None:
    """Return the page rebuilt of components; None if it has no run of paragraphs to rebuild.

    The same page is always rebuilt in the same way.
    """
    choice = random.Random(zlib.crc32(example.name.encode()))  # noqa: S311 - not for secrets
    text = decode_bytes(example.content, "").text
    root = lxml.html.fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    container = _container_of_paragraphs(root)
    if container is None:
        return None
    wrappers = [(choice.choice(_TAGS), _name(choice)) for _ in range(choice.randint(*_WRAPPERS))]
    if choice.random() < _PLAIN_SHARE:
        _rename_ancestors(container, choice)
    _wrap_children(container, wrappers, _link_boxes(root, choice), choice)
    content = lxml.html.tostring(root, encoding="utf-8", doctype="<!doctype html>")
    return replace(example, content=content, collection=f"{example.collection}{REBUILT}")


def _container_of_paragraphs(root: HtmlElement) -> HtmlElement | None:
    """Return the element with the longest text in paragraphs that are its own children."""
    lengths: dict[HtmlElement, int] = {}
    for paragraph in root.iter("p"):
        parent = paragraph.getparent()
        if parent is not None:
            lengths[parent] = lengths.get(parent, 0) + len(paragraph.text_content())
    best = max(lengths, key=lambda parent: lengths[parent], default=None)
    if best is None or len(best.findall("p")) < _MIN_PARAGRAPHS:
        return None
    return best


def _name(choice: random.Random) -> str:
    """Return a class as build tools or careful authors name them; it says little or nothing."""
    if choice.random() < 1 / 3:
        return "css-" + "".join(choice.choices(_LETTERS, k=7))
    name = choice.choice(_JOINTS).join(choice.sample(_NAMES, choice.randint(1, 3)))
    if choice.random() < 1 / 3:
        return f"sc-{''.join(choice.choices(_LETTERS, k=6))}-{name.title()}"
    return name


def _rename_ancestors(container: HtmlElement, choice: random.Random) -> None:
    for element in (container, *container.iterancestors("div", "section", "article", "main")):
        for attribute in ("id", "itemprop", "data-testid", "data-component"):
            element.attrib.pop(attribute, None)
        element.set("class", _name(choice))
        if element.tag != "div" and choice.random() < _PLAIN_SHARE:
            element.tag = "div"


def _link_boxes(root: HtmlElement, choice: random.Random) -> Iterator[HtmlElement]:
    """Yield boxes of links that the page has elsewhere, without end; none if it has none."""
    texts = [" ".join(link.text_content().split()) for link in root.iter("a")]
    titles = [text for text in dict.fromkeys(texts) if len(text.split()) in _LINK_WORDS]
    while titles:
        box = lxml.html.Element(choice.choice(("ul", "div")))
        for title in choice.choices(titles, k=choice.randint(*_BOX_LINKS)):
            item = lxml.html.Element("li" if box.tag == "ul" else "p")
            link = lxml.html.Element("a", href="/a")
            link.text = title
            item.append(link)
            box.append(item)
        yield box


def _wrap_children(
    container: HtmlElement,
    wrappers: list[tuple[str, str]],
    boxes: Iterator[HtmlElement],
    choice: random.Random,
) -> None:
    """Put the children in wrappers, one or two paragraphs in each, and boxes between them."""
    size, every = choice.randint(1, 2), choice.randint(*_BOX_EVERY)
    paragraph_tag = "div" if choice.random() < _DIV_SHARE else "p"
    outer = inner = container
    count = 0
    for child in [child for child in container if isinstance(child.tag, str)]:
        is_paragraph = child.tag == "p"
        if inner is container or not is_paragraph or len(inner) >= size:
            count += 1
            if count % every == 0 and (box := next(boxes, None)) is not None:
                _insert_wrapper(container, child, wrappers)[1].append(box)
            outer, inner = _insert_wrapper(container, child, wrappers)
        outer.tail, child.tail = f"{outer.tail or ''}{child.tail or ''}", None
        inner.append(child)
        if is_paragraph:
            child.tag = paragraph_tag
        else:
            inner = container


def _insert_wrapper(
    container: HtmlElement, before: HtmlElement, wrappers: list[tuple[str, str]]
) -> tuple[HtmlElement, HtmlElement]:
    """Insert nested wrappers before a child of the container; return the outer and the inner."""
    elements = [lxml.html.Element(tag) for tag, _ in wrappers]
    for element, (_, name) in zip(elements, wrappers, strict=True):
        element.set("class", name)
    for outer, inner in pairwise(elements):
        outer.append(inner)
    container.insert(container.index(before), elements[0])
    return elements[0], elements[-1]
