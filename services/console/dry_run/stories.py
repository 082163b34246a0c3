"""``summitwire try stories``: articles as JSON lines → their stories, without a broker."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.stories.decision import StoryDecision
from services.alerting.stories.from_tagged import story_article
from services.alerting.stories.memory import StoryMemory
from services.console.inputs.article_inputs import ArticleInput, handle_articles
from services.console.inputs.input_tagging import UNDATED, tagged_from_input
from services.console.options import ACTORS, KEYWORDS, JsonPerArticle
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.tagger.data.gazetteer import load_gazetteer

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="JSON lines with id, source, published, headline, body, in order of arrival; "
        "- is standard input.",
    ),
]


def try_stories(paths: Paths, json_: JsonPerArticle = False) -> None:
    """Gather articles into stories, and say what each adds.

    An article is first, rewrite, reprint, update, correction or kill. Rewrites and reprints send no
    message; of the others, the sentences that say something new are shown. A line that is not an
    article is named and left out; the exit code is then 2.

    Example: summitwire try stories --json articles.jsonl
    """
    memory, gazetteer = StoryMemory(), load_gazetteer(ACTORS, KEYWORDS)

    def take(article: ArticleInput) -> None:
        tagged = tagged_from_input(article, gazetteer, UNDATED)
        decision = memory.take(story_article(tagged))
        sys.stdout.write(_as_json(article, decision) if json_ else _as_text(article, decision))

    if exit_code := handle_articles(paths, take):
        raise typer.Exit(exit_code)


def _as_json(article: ArticleInput, decision: StoryDecision) -> str:
    value = {
        "id": article.id,
        "story": decision.story_id,
        "kind": decision.kind,
        "new": [[span.start, span.end] for span in decision.news],
        "message": decision.kind.is_news,
    }
    return json_line(value) + "\n"


def _as_text(article: ArticleInput, decision: StoryDecision) -> str:
    return "\n".join(_lines(article, decision)) + "\n\n"


def _lines(article: ArticleInput, decision: StoryDecision) -> Iterator[str]:
    """Yield the lines for people."""
    belonging = "" if decision.story_id == str(article.id) else f" of {decision.story_id}"
    message = "" if decision.kind.is_news else " (no message)"
    yield f"{article.id}: {decision.kind}{belonging}{message}"
    yield f"  {article.headline or article.body[:80]}"
    if decision.near_story:
        yield f"  possibly about {decision.near_story}"
    sources = count_of(len(decision.sources), "independent source")
    yield f"  {sources}: {', '.join(decision.sources)}"
    for change in decision.changes:
        yield f"  changed: “{change.before}” → “{change.after}”"
    for span in decision.news:
        yield f"  + {article.body[span.start : span.end]}"
