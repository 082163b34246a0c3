"""What a replay prints: each article that would be sent, and what became of the input."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import typer

from services.console.errors import say
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.replay.pace import event_time
from services.console.replay.selection import Tally
from shared.messages.schemas import RawArticle

SHOWN_PROBLEMS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySummary:
    """The end of a replay, or of a dry run."""

    replay_id: str
    articles: int
    resumed_at: int = 0
    waited_s: float = 0.0
    is_dry_run: bool = False
    alerts_sha256: str | None = None

    def as_json(self, tally: Tally) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "replay_id": self.replay_id,
            "dry_run": self.is_dry_run,
            "articles": self.articles,
            "resumed_at": self.resumed_at,
            "outside_period": tally.outside,
            "skipped": dict(tally.skipped.most_common()),
            "problems": tally.problem_count,
            "waited_for_pipeline_s": round(self.waited_s, 1),
            "alerts_sha256": self.alerts_sha256,
        }

    def print(self, tally: Tally, *, as_json: bool) -> None:
        """Print the summary on standard error, or as JSON on standard output."""
        for problem in tally.problems[:SHOWN_PROBLEMS]:
            say(str(problem))
        if (hidden := tally.problem_count - SHOWN_PROBLEMS) > 0:
            say(f"and {hidden:,} more problems")
        if as_json:
            typer.echo(json_line(self.as_json(tally)))
        elif self.alerts_sha256:
            typer.echo(self.alerts_sha256)
        say(self._line(tally))

    def _line(self, tally: Tally) -> str:
        verb = "would replay" if self.is_dry_run else "replayed"
        parts = [f"{verb} {count_of(self.articles, 'article')}"]
        if tally.outside:
            parts.append(f"{tally.outside:,} outside the period")
        parts += [f"{count:,} × {reason}" for reason, count in tally.skipped.most_common(5)]
        return f"{', '.join(parts)} (replay id {self.replay_id})"


async def print_articles(articles: AsyncIterator[RawArticle], *, as_json: bool) -> int:
    """Print one line an article, and return how many there are."""
    count = 0
    async for article in articles:
        count += 1
        typer.echo(json_line(_fields(article)) if as_json else _article_line(article))
    return count


def _fields(article: RawArticle) -> dict[str, Any]:
    return {
        "uri": article.uri,
        "source": article.source,
        "event_time": _moment(event_time(article)),
        "published": article.published_at and _moment(article.published_at),
        "content_type": article.content_type,
        "bytes": len(article.content),
        "headline": article.headline,
    }


def _article_line(article: RawArticle) -> str:
    media_type = article.content_type.partition(";")[0]
    size = f"{len(article.content):,} B"
    return f"{_moment(event_time(article))}  {article.source}  {media_type}  {size}  {article.uri}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
