"""The compiled walk against a slow and obvious one, and what it must make of single constructs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.cleaner.page.blocks.walk import markup
from services.cleaner.page.blocks.walk.hints import HINTS
from services.cleaner.page.page_blocks import PageBlocks, walk_page
from services.cleaner.page.parse import parse_page
from tests.hypothesis_profiles import examples

INLINE = {"a", "b", "em", "span"}
SKIPPED = {"select", "button", "textarea"}


def walk(html: str) -> PageBlocks:
    return walk_page(parse_page(html))


class Obvious:
    """The blocks by recursion over lexbor's nodes, as the module's docstring defines them."""

    def __init__(self, html: str) -> None:
        tree = LexborHTMLParser(html)
        tree.strip_tags(markup.REMOVED_TAGS)
        self.texts_found: list[str] = []
        self.pieces: list[str] = []
        self.breaks = 0
        if tree.body is not None:
            self.add_children(tree.body)
        self.end()

    def end(self) -> None:
        self.breaks = 0
        text = re.sub(r"\s+", " ", "".join(self.pieces)).strip()
        self.pieces.clear()
        self.texts_found += [text] if text else []

    def add_children(self, node: LexborNode) -> None:
        child = node.first_child
        while child is not None:
            self.add_child(child)
            child = child.next

    def add_child(self, child: LexborNode) -> None:
        if child.tag == "-text":
            self.pieces.append(child.text_content or "")
            self.breaks = 0 if (child.text_content or "").strip() else self.breaks
        elif child.tag == "br":
            self.pieces.append(" ")
            self.breaks += 1
            if self.breaks == 2:
                self.end()
        elif child.tag in INLINE:
            self.add_children(child)
        elif (
            child.tag
            and child.tag not in SKIPPED
            and child.first_child is not None
            and child.tag[0] not in "-!#"
        ):
            self.end()
            self.add_children(child)
            self.end()


texts = st.text(alphabet="ab &<>\"'é漢=\n\u00a0", max_size=12)
names = st.sampled_from(
    [
        "p",
        "div",
        "li",
        "a",
        "b",
        "em",
        "span",
        "br",
        "button",
        "h1",
        "table",
        "td",
        "x-y",
        "section",
        "img",
        "textarea",
        "!--",
    ]
)
values = st.text(alphabet="ab \"'=<>é", max_size=8)


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Tag soup: anything opened, closed and left open, with hostile attribute values."""
    parts = []
    for _ in range(draw(st.integers(0, 25))):
        name = draw(names)
        kind = draw(st.integers(0, 3))
        if kind == 0:
            parts.append(draw(texts))
        elif kind == 1:
            parts.append(f"</{name}>")
        else:
            parts.append(f"<{name} class={draw(values)!r} {draw(values)}>")
    return "".join(parts)


@examples(300)
@given(pages())
def test_the_compiled_walk_finds_what_the_obvious_one_finds(html: str) -> None:
    """Any tag soup gives the same blocks in the same order."""
    assert walk(html).texts == Obvious(html).texts_found


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one <b>two</b>three</p>", ["one twothree"]),
        ("<div>one<br>two<br><br>three</div>", ["one two", "three"]),
        ("<p>a &amp; b &lt;c&gt;&nbsp;d &#x41;</p>", ["a & b <c> d A"]),
        ("<p>one<script>var p = '<p>x</p>'</script>two</p>", ["onetwo"]),
        ("<ul><li>one<li>two</ul>", ["one", "two"]),
        ('<div title="a > b" "="" >one</div>', ["one"]),
        ("<div>one<div></div>two</div>", ["onetwo"]),
        ("<!-- <p>no</p> --><p>yes</p>", ["yes"]),
        ("", []),
    ],
)
def test_what_a_block_is(html: str, expected: list[str]) -> None:
    """Two line breaks and block-level elements with content separate texts.

    Inline elements do not.
    """
    assert walk(html).texts == expected


def test_what_an_element_lies_in() -> None:
    """Places and hints are inherited; form, depth and signature are the element's own."""
    page = walk(
        '<article class="story-body"><p>one</p><ul><li id=x>two</li><li id=x>three</li></ul>'
        "</article>"
    )
    first, second, third = page.blocks.element.tolist()
    places, hints = page.elements.places, page.elements.inherited
    article, in_list = 1 << markup.PLACES.index("article"), 1 << markup.PLACES.index("list")
    assert (places[first], places[second]) == (article, article | in_list)
    assert all(
        int(hints[block]) >> list(HINTS).index("body") & 1 for block in (first, second, third)
    )
    assert (
        page.elements.signature[second]
        == page.elements.signature[third]
        != page.elements.signature[first]
    )
    assert markup.FORMS[page.elements.form[second] - 1] == "li"


@pytest.mark.parametrize(
    "mark", ['style="color:red; display : none"', "hidden", 'aria-hidden="true"']
)
def test_what_is_hidden_hides_what_it_holds(mark: str) -> None:
    """A style, an attribute or a role hides; an aria-hidden that says false does not."""
    page = walk(f"<div {mark}><p>one</p></div><div aria-hidden=false><p>two</p></div>")
    assert page.elements.hidden[page.blocks.element].tolist() == [1, 0]


def test_links_and_bold_type_are_counted() -> None:
    """Their characters are counted without white space, and so are the links."""
    page = walk("<p>one <a href=x>two <b>three</b></a></p>")
    assert [
        array.tolist()
        for array in (page.blocks.link_characters, page.blocks.links, page.blocks.bold_characters)
    ] == [[8], [1], [5]]


def test_headings_are_found_with_their_visibility() -> None:
    """A heading has the text of all blocks of its h1; empty ones do not count."""
    page = walk("<h1 hidden>one</h1><h1></h1><h1><div>two</div><div>three</div></h1>")
    assert [(heading.text, heading.hidden) for heading in page.headings()] == [
        ("one", True),
        ("two three", False),
    ]
