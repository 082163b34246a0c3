"""A kill that is posted with a uri and a status withdraws what was sent, from POST to dispatch."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from services.alerting.match.dispatches import plan_dispatches
from services.cleaner.apply_source_memory import FinishedArticle, apply_source_memory
from services.cleaner.candidate import Candidate, prepare
from services.fetcher.push.pushed_article import PushedBody, parse_pushed
from shared.messages import codec
from shared.messages.schemas import Alert, CleanArticle
from shared.stream.state_store import StateStore
from tests.builders import build_tagged_article

Make = Callable[..., Alert]
NOW = datetime(2018, 9, 11, 10, tzinfo=UTC)
TEXT = "The leaders of both countries will meet in Singapore in June, officials said on Tuesday."


async def call_here(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


async def clean_posted(memory: StateStore, **fields: Any) -> CleanArticle:
    """Return the article that articles.clean gets for a posted item."""
    body = PushedBody(
        media_type="application/json",
        content_type="application/json",
        content=orjson.dumps({"uri": "urn:wire:1", **fields}),
        parameters={},
    )
    value = codec.encode(parse_pushed(body, ["wire"], NOW))
    candidate = prepare(value)
    assert isinstance(candidate, Candidate)
    finished = await apply_source_memory(value, candidate, memory, call_here)
    assert isinstance(finished, FinishedArticle)
    memory.commit()
    return codec.decode(finished.value, CleanArticle)


@pytest.mark.parametrize(
    "kill",
    [
        {"pubstatus": "canceled"},
        {"pubStatus": "stat:canceled"},
        {"pubstatus": "canceled", "ednote": "Kill: the story is wrong."},
        {"pubstatus": "canceled", "headline": "Leaders to meet", "body_text": TEXT},
        {"pubstatus": "withheld"},
    ],
)
async def test_who_was_notified_hears_of_it(make_alert: Make, kill: dict[str, Any]) -> None:
    """No rule fires for it, since it has no text; and another article stays as it is."""
    memory, recipients = StateStore(), StateStore()
    article = await clean_posted(memory, headline="Leaders to meet", body_text=TEXT)
    plan_dispatches(build_tagged_article(article), [make_alert()], recipients)
    recipients.commit()
    withdrawn = await clean_posted(memory, **kill)
    assert (withdrawn.article_id, withdrawn.version) == (article.article_id, 2)
    dispatches = plan_dispatches(build_tagged_article(withdrawn), [], recipients)
    assert [(each.destination, each.kind) for each in dispatches] == [
        ("slack:newsroom", "withdrawal")
    ]
    other = await clean_posted(memory, uri="urn:wire:2", pubstatus="canceled")
    dispatches = plan_dispatches(build_tagged_article(other), [], recipients)
    assert all(each.only_if_notified for each in dispatches)
