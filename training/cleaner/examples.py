"""Pages with what a person or a hand-written parser took for their article.

They are read from a folder, never copied:

PATH/article-extraction    scrapinghub/article-extraction-benchmark: html/*.html.gz,
                           ground-truth.json
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
    """A page and its truth.

    ``lines``: pairs of kind (p, subhead, summary) and text. Titles, date and authors are empty
    where they are unknown.
    """

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
        """The true bodies: with and without subheads and summary, if the collection has them.

        All of them are right.
        """
        bodies = [
            " ".join(self._texts(subheads=subheads, summary=summary))
            for subheads, summary in product((False, True), repeat=2)
        ]
        return list(dict.fromkeys(bodies))

    def _texts(self, *, subheads: bool, summary: bool) -> Iterator[str]:
        kinds = {"p": True, "subhead": subheads, "summary": summary}
        yield from (text for kind, text in self.lines if kinds.get(kind))


def examples(folder: Path) -> list[Example]:
    """Return all pages, in the order of their names.

    Raises FileNotFoundError, which names what is missing.
    """
    article_extraction = _load_article_extraction(folder / ARTICLE_EXTRACTION)
    return [*article_extraction, *_load_fundus(folder / FUNDUS)]


def domain_of(url: str) -> str:
    """Return the part of the address that its owner registered, e.g. bbc.co.uk."""
    host = urlsplit(url if "//" in url else f"http://{url}").hostname or ""
    labels = host.lower().split(".")
    has_second_level = len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2
    return ".".join(labels[-3 if has_second_level else -2 :])


def _load_article_extraction(folder: Path) -> Iterator[Example]:
    truths: dict[str, dict[str, str]] = json.loads(
        (folder / "ground-truth.json").read_text("utf-8")
    )
    for name, truth in sorted(truths.items()):
        yield Example(
            name=name,
            collection=ARTICLE_EXTRACTION,
            domain=domain_of(truth["url"]),
            url=truth["url"],
            content=gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()),
            lines=(("p", truth["articleBody"]),),
        )


def _load_fundus(folder: Path) -> Iterator[Example]:
    for line in sorted((folder / "gold.jsonl").read_text("utf-8").splitlines()):
        truth: dict[str, Any] = json.loads(line)
        yield Example(
            name=truth["id"],
            collection=FUNDUS,
            domain=truth["domain"],
            url=truth["url"] or "",
            content=gzip.decompress((folder / truth["file"]).read_bytes()),
            lines=tuple((entry["kind"], entry["text"]) for entry in truth["body"]),
            titles=tuple(filter(None, (truth["title"], *truth["title_alts"]))),
            date=truth["date"] or "",
            authors=tuple(truth["authors"]),
        )
