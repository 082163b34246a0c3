"""Explainers as large broadcasters build them: each paragraph or two is a component of its own.

Boxes of links, facts, embedded posts, pictures and sign-up lines are built like the components of
prose, in wrappers of the same names. A layout says what the wrappers are. The unseen layouts, and
their texts, were written before any result on them was looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Final

_TEXTS: Final = Path(__file__).parent / "passages" / "bodies"
_TEASERS: Final = (
    ("Harvest festival draws record crowd", "The procession was a mile long, organisers say."),
    ("Minister denies knowing of the letter", "He had been on holiday, his office said on Monday."),
    ("Champions sign goalkeeper from Norway", "The fee is the third highest in the league."),
    ("Why bread is getting dearer again", "Flour is only a small part of the answer."),
)


@dataclass(frozen=True)
class Explainer:
    """A headline, and parts in order: pairs of "p" or "subhead" and the text."""

    name: str
    headline: str
    parts: tuple[tuple[str, str], ...]

    @property
    def paragraphs(self) -> list[str]:
        """The true body without its subheads."""
        return [text for kind, text in self.parts if kind == "p"]

    @property
    def subheads(self) -> list[str]:
        """The subheads, which may be part of a body or not."""
        return [text for kind, text in self.parts if kind == "subhead"]


@dataclass(frozen=True)
class Layout:
    """How a site builds its pages; each string is HTML with "{}" where the content goes."""

    name: str
    prose: str
    box: str
    frame: str
    paragraph: str = "<p>{}</p>"
    subhead: str = "<h2>{}</h2>"
    links: str = "<ul>{}</ul>"
    teasers: str = '<div class="cards">{}</div>'
    per_component: int = 1


LAYOUTS: Final = (
    Layout(
        "named blocks",
        prose='<div data-component="text-block" class="ssx-u6-Wrapper e1"><div class="ssx-7x-Rich'
        ' e5">{}</div></div>',
        box='<div data-component="list-block" class="ssx-u6-Wrapper e1"><div class="ssx-7x-Rich'
        ' e5">{}</div></div>',
        frame='<main id="main-content"><article class="ssx-pv-Article e1"><header>{headline}'
        '</header>{content}</article><div class="ssx-links">{teasers}</div></main>',
        paragraph='<p class="ssx-1q-Paragraph e0">{}</p>',
        subhead='<div data-component="subheadline-block"><h2 class="ssx-2-Heading">{}</h2></div>',
        links='<ul class="ssx-ul">{}</ul>',
    ),
    Layout(
        "hashed names",
        prose='<div class="css-1x2y3z"><div class="css-k008">{}</div></div>',
        box='<div class="css-1x2y3z"><div class="css-k008">{}</div></div>',
        frame='<div id="root"><div class="css-0"><div class="css-8a">{headline}</div>{content}'
        '<div class="css-1x2y3z">{teasers}</div></div></div>',
        paragraph='<div class="css-p4">{}</div>',
        subhead='<div class="css-1x2y3z"><div class="css-h9">{}</div></div>',
        teasers='<div class="css-k008">{}</div>',
    ),
    Layout(
        "modules",
        prose='<section class="module module--text"><div class="module__inner">{}</div></section>',
        box='<section class="module module--promo"><div class="module__inner">{}</div></section>',
        frame='<div class="page-grid"><div class="module module--headline">{headline}</div>'
        '{content}<section class="module module--more">{teasers}</section></div>',
        per_component=2,
    ),
)
UNSEEN_LAYOUTS: Final = (
    Layout(
        "grid rows",
        prose='<div class="o-row"><div class="o-col o-col--8"><div class="c-item">{}</div></div>'
        "</div>",
        box='<div class="o-row"><div class="o-col o-col--8"><div class="c-item">{}</div></div>'
        "</div>",
        frame='<div class="o-page"><div class="o-row">{headline}</div>{content}<div class="o-row">'
        "{teasers}</div></div>",
        per_component=2,
    ),
    Layout(
        "cards",
        prose='<div class="card card--prose"><div class="card-body">{}</div></div>',
        box='<div class="card card--box"><div class="card-body">{}</div></div>',
        frame='<main><div class="card-list">{headline}{content}</div><div class="card-list">'
        "{teasers}</div></main>",
        subhead='<div class="card card--title"><h3>{}</h3></div>',
    ),
    Layout(
        "own elements",
        prose='<story-part kind="text"><div class="slot">{}</div></story-part>',
        box='<story-part kind="extra"><div class="slot">{}</div></story-part>',
        frame='<story-page><div class="slot">{headline}</div>{content}<story-part kind="next">'
        "{teasers}</story-part></story-page>",
        subhead='<story-part kind="text"><div class="slot"><strong>{}</strong></div></story-part>',
        paragraph='<div class="line">{}</div>',
    ),
)


def load_explainers(*, unseen: bool) -> list[Explainer]:
    """Read the explainers of one of the two files."""
    path = _TEXTS / ("explainers-unseen.txt" if unseen else "explainers.txt")
    explainers: list[Explainer] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("== "):
            explainers.append(Explainer(line[3:], "", ()))
        elif line.startswith("H "):
            explainers[-1] = replace(explainers[-1], headline=line[2:])
        elif line and not line.startswith("#"):
            part = ("subhead", line[2:]) if line.startswith("S ") else ("p", line)
            explainers[-1] = replace(explainers[-1], parts=(*explainers[-1].parts, part))
    return explainers


def component_page(explainer: Explainer, layout: Layout) -> str:
    """Build the page: a box behind every fourth paragraph, teasers and a footer below."""
    content = "".join(_components(explainer, layout))
    article = layout.frame.format(
        headline=f"<h1>{explainer.headline}</h1><p class='by'>By Our Correspondent</p>",
        content=content,
        teasers=layout.teasers.format("".join(_teasers())),
    )
    menu = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in _MENU)
    return (
        f"<!doctype html><html lang='en'><head><title>{explainer.headline} - The Courier</title>"
        "<meta property='og:type' content='article'><meta property='og:site_name' content='The"
        f" Courier'></head><body><nav><ul>{menu}</ul></nav>{article}<footer><p>Copyright 2026 The"
        " Courier. The Courier is not responsible for the content of external sites.</p></footer>"
        "</body></html>"
    )


_MENU: Final = ("Home", "World", "Business", "Science", "Sport", "Weather", "More")


def _components(explainer: Explainer, layout: Layout) -> Iterator[str]:
    boxes = cycle(_boxes(layout))
    group: list[str] = []
    count = 0
    for kind, text in (*explainer.parts, ("end", "")):
        if group and (kind != "p" or len(group) == layout.per_component):
            yield layout.prose.format("".join(group))
            group = []
            count += 1
            if count % 4 == 0 and kind != "end":
                yield next(boxes)
        if kind == "subhead":
            yield layout.subhead.format(text)
        elif kind == "p":
            group.append(layout.paragraph.format(text))


def _boxes(layout: Layout) -> Iterator[str]:
    linked = "".join(f"<li><a href='/a{at}'>{title}</a></li>" for at, (title, _) in _NUMBERED)
    yield layout.box.format(f"<p><strong>Read more</strong></p>{layout.links.format(linked)}")
    facts = "".join(f"<li>{fact}</li>" for fact in _FACTS)
    yield layout.box.format(f"<h3>The story by numbers</h3><ul>{facts}</ul>")
    yield layout.box.format(
        '<figure><img src="/1.jpg" alt=""><figcaption>The quay on Sunday evening, seen from the'
        " customs house. Photo: Jan Dahl/Courier</figcaption></figure>"
    )
    yield layout.box.format(
        '<blockquote class="twitter-tweet"><p>Three hours here now and nobody tells us anything.'
        " Children asleep on suitcases.</p>&mdash; Stranded (@stranded) <a"
        ' href="https://twitter.com/stranded/status/1">3 May</a></blockquote>'
    )
    yield layout.box.format(
        "<p>Are you affected by the issues raised in this story? Get in touch by emailing <a"
        ' href="mailto:you@courier.example">you@courier.example</a>.</p>'
    )
    yield layout.box.format(
        "<p>Sign up for our morning newsletter and get the day's stories in your inbox.</p>"
    )


def _teasers() -> Iterator[str]:
    for at, (title, text) in _NUMBERED:
        yield f"<div class='t'><h3><a href='/t{at}'>{title}</a></h3><p>{text}</p></div>"


_NUMBERED: Final = tuple(enumerate(_TEASERS))
_FACTS: Final = (
    "Founded: 1954",
    "People employed: 640",
    "Sales last year: 71 million crowns",
    "It has changed hands three times since the turn of the century.",
)
