"""Staged stories: articles with what is true of them, one JSON object a line with ``gold``."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.alerting.stories.article import StoryArticle
from services.alerting.stories.decision import StoryKind
from services.alerting.stories.from_tagged import story_article
from services.console.inputs.article_inputs import ArticleReader, Place
from services.console.inputs.input_tagging import UNDATED, tagged_from_input
from services.console.options import ACTORS, KEYWORDS
from services.tagger.data.gazetteer import load_gazetteer


@dataclass(frozen=True)
class StagedArticle:
    """An article with what is true of it: its story, its kind and its new sentences."""

    article: StoryArticle
    story: str
    kind: StoryKind
    news: frozenset[tuple[int, int]]


@cache
def read_staged(path: Path) -> tuple[StagedArticle, ...]:
    """Return the articles of a file of staged stories, tagged, in order."""
    return tuple(_read_staged(path))


@cache
def read_unmarked(path: Path) -> tuple[StagedArticle, ...]:
    """Return the articles of a file of JSON lines, each as a story of its own."""
    articles = _read_tagged(path)
    return tuple(
        StagedArticle(article, f"{path}:{number}", StoryKind.FIRST, frozenset())
        for number, (article, _) in enumerate(articles)
    )


def _read_staged(path: Path) -> Iterator[StagedArticle]:
    for article, gold in _read_tagged(path):
        news = frozenset((start, end) for start, end in gold["new"])
        yield StagedArticle(article, gold["story"], StoryKind(gold["kind"]), news)


def _read_tagged(path: Path) -> Iterator[tuple[StoryArticle, dict[str, Any]]]:
    """Yield each article, tagged, with its ``gold``; empty if it has none."""
    gazetteer = load_gazetteer(ACTORS, KEYWORDS)
    reader = ArticleReader(str(path))
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        fields: dict[str, Any] = json.loads(line)
        gold = fields.pop("gold", {})
        article = reader.convert(fields, Place(str(path), number))
        yield story_article(tagged_from_input(article, gazetteer, UNDATED)), gold
