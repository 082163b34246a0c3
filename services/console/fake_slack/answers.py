"""An HTTP answer of the stand-in, as Slack gives it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from services.console.fake_slack.rate_limits import RETRY_AFTER_S
from services.console.fake_slack.refusals import RATE_LIMITED, WEBHOOK_STATUS
from services.console.fake_slack.web_api.arguments import ApiError

OK: Final = "ok"
_RETRY_AFTER: Final = {"Retry-After": str(RETRY_AFTER_S)}


@dataclass(frozen=True, slots=True)
class SlackAnswer:
    """Status, body with its type, and further headers."""

    status: int
    body: str
    content_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_webhook(cls, word: str = OK) -> Self:
        """Build the answer of a webhook, ``ok`` or a word that refuses."""
        headers = _RETRY_AFTER if word == RATE_LIMITED else {}
        return cls(200 if word == OK else WEBHOOK_STATUS[word], word, headers=headers)

    @classmethod
    def of_api(cls, answer: Mapping[str, Any]) -> Self:
        """Build the answer of a method that did what it was called for."""
        return cls(200, json.dumps({"ok": True} | dict(answer)), "application/json")

    @classmethod
    def of_api_error(cls, refusal: ApiError) -> Self:
        """Build the answer of a method that refuses: 200, but 429 if it is called too often."""
        value: dict[str, Any] = {"ok": False, "error": refusal.error}
        if refusal.messages:
            value["response_metadata"] = {"messages": list(refusal.messages)}
        if refusal.error == "ratelimited":
            return cls(429, json.dumps(value), "application/json", _RETRY_AFTER)
        return cls(200, json.dumps(value), "application/json")
