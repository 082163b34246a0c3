"""Pages with what a person or a hand-written parser took for their article; read from a folder, never copied.

PATH/article-extraction    scrapinghub/article-extraction-benchmark: html/*.html.gz, ground-truth.json
PATH/fundus-dev            pages of flairNLP/fundus' test resources: pages/*, gold.jsonl
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

ARTICLE_EXTRACTION: Final = "article-extraction"
FUNDUS: Final = "fundus-dev"
_SECOND_LEVEL: Final = frozenset(("co", "com", "org", "net", "ac", "gov", "edu", "or", "ne"))


@dataclass(frozen=True)
class Example:
    """A page and its truth. ``lines`` are pairs of kind (p, subhead, summary) and text; titles, date and authors are empty where unknown."""

    name: str
    collection: str
    domain: str
    url: str
    content: bytes
    lines: tuple[tuple[str, str], ...]
    titles: tuple[str, ...] = ()
    date: str = ""
    authors: tuple[str, ...] = ()

    @cached_property
    def bodies(self) -> list[str]:
        """The true body; with and without subheads and summary where the collection tells them apart: all of them are right."""
        chosen = [
            [
                text
                for kind, text in self.lines
                if kind == "p"
                or (kind == "subhead" and subheads)
                or (kind == "summary" and summary)
            ]
            for subheads, summary in product((False, True), repeat=2)
        ]
        return list(dict.fromkeys(" ".join(texts) for texts in chosen))


def examples(folder: Path) -> list[Example]:
    """All pages, in the order of their names. FileNotFoundError names what is missing."""
    return [*_article_extraction(folder / ARTICLE_EXTRACTION), *_fundus(folder / FUNDUS)]


def registered_domain(url: str) -> str:
    """The part of the address that its owner registered, e.g. bbc.co.uk."""
    labels = (urlsplit(url if "//" in url else f"http://{url}").hostname or "").lower().split(".")
    count = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-count:])


def _article_extraction(folder: Path) -> Iterator[Example]:
    truths: dict[str, dict[str, str]] = json.loads(
        (folder / "ground-truth.json").read_text("utf-8")
    )
    for name, truth in sorted(truths.items()):
        content = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        lines = (("p", truth["articleBody"]),)
        yield Example(
            name, ARTICLE_EXTRACTION, registered_domain(truth["url"]), truth["url"], content, lines
        )


def _fundus(folder: Path) -> Iterator[Example]:
    for line in sorted((folder / "gold.jsonl").read_text("utf-8").splitlines()):
        truth: dict[str, Any] = json.loads(line)
        yield Example(
            name=truth["id"],
            collection=FUNDUS,
            domain=truth["domain"],
            url=truth["url"] or "",
            content=gzip.decompress((folder / truth["file"]).read_bytes()),
            lines=tuple((each["kind"], each["text"]) for each in truth["body"]),
            titles=tuple(filter(None, (truth["title"], *truth["title_alts"]))),
            date=truth["date"] or "",
            authors=tuple(truth["authors"]),
        )
