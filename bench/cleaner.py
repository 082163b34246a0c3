"""Body quality and speed of the cleaner beside trafilatura, page by page in turn.

    python bench/cleaner.py PATH/article-extraction

The folder is scrapinghub/article-extraction-benchmark's: html/*.html.gz and ground-truth.json. Its metric: shingles of four words counted on
each page, precision and recall averaged over the pages, F1 of these two averages; "exact" is the share of pages without any difference.
"""

import gzip
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import trafilatura

from services.cleaner.pipeline import clean
from shared.outcomes import Drop
from shared.schemas import RawArticle

SHINGLE_WORDS: Final = 4
_WORD: Final = re.compile(r"\w+")


def ours(page: bytes, url: str) -> str:
    raw = RawArticle(
        source="bench", uri=url, url=url, content_type="text/html", content=page, fetched_at=datetime(2026, 1, 1, tzinfo=UTC), origin="push"
    )
    article = clean(raw)
    return "" if isinstance(article, Drop) else article.body


def default(page: bytes, url: str) -> str:
    return trafilatura.extract(page, url=url, with_metadata=False) or ""


def with_metadata(page: bytes, url: str) -> str:
    found = trafilatura.bare_extraction(page, url=url, favor_precision=True, include_comments=False, with_metadata=True)
    return found.text or "" if found else ""


@dataclass
class Score:
    precisions: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    exact: int = 0
    seconds: float = 0.0

    def add(self, truth: str, found: str) -> None:
        true, given = shingles(truth), shingles(found)
        common = sum((true & given).values())
        self.precisions.append(common / given.total() if given else float(not true))
        self.recalls.append(common / true.total() if true else float(not given))
        self.exact += true == given

    def row(self, pages: int, fastest: float) -> str:
        precision, recall = sum(self.precisions) / pages, sum(self.recalls) / pages
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return f"{f1:.3f}  {precision:.3f}  {recall:.3f}  {self.exact / pages:.3f}  {pages / self.seconds:7.1f}  {fastest / self.seconds:5.2f}"


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1)) if words)


def main(folder: Path) -> None:
    logging.disable(logging.CRITICAL)
    truths = json.loads((folder / "ground-truth.json").read_text())
    systems: dict[str, Callable[[bytes, str], str]] = {
        "ours": ours,
        "trafilatura default": default,
        "trafilatura precision + metadata": with_metadata,
    }
    scores = {name: Score() for name in systems}
    for at, (key, truth) in enumerate(sorted(truths.items())):
        page = gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes())
        names = list(systems)
        for name in names[at % len(names) :] + names[: at % len(names)]:
            start = time.process_time()
            found = systems[name](page, truth["url"])
            scores[name].seconds += time.process_time() - start
            scores[name].add(truth["articleBody"], found)
    print(f"{'':34}F1     P      R      exact  pages/s  ratio to default")
    for name, score in scores.items():
        print(f"{name:34}{score.row(len(truths), scores['trafilatura default'].seconds)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
