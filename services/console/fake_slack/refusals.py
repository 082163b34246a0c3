"""The words by which Slack refuses, and how a webhook and the Web API answer with them. Pure.

Status codes: Slack's changelog of 17 May 2016, "Improving error conditions for Incoming Webhooks",
and docs.slack.dev, "Sending messages using incoming webhooks".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RATE_LIMITED: Final = "rate_limited"
WEBHOOK_STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "invalid_payload": 400,
        "user_not_found": 400,
        "no_text": 400,
        "msg_too_long": 400,
        "invalid_blocks": 400,
        "too_many_attachments": 400,
        "action_prohibited": 403,
        "posting_to_general_channel_denied": 403,
        "invalid_token": 403,
        "team_disabled": 403,
        "channel_not_found": 404,
        "no_service": 404,
        "no_service_id": 404,
        "no_team": 404,
        "channel_is_archived": 410,
        RATE_LIMITED: 429,
        "rollup_error": 500,
    }
)
API_ERRORS: Final = frozenset(
    {
        *("not_authed", "invalid_auth", "account_inactive", "token_revoked", "missing_scope"),
        *("channel_not_found", "not_in_channel", "is_archived", "restricted_action", "no_text"),
        *("msg_too_long", "invalid_blocks", "too_many_attachments", "message_not_found"),
        *("cant_update_message", "edit_window_closed", "ratelimited", "fatal_error"),
        *("internal_error", "service_unavailable", "team_added_to_org", "ekm_access_denied"),
    }
)
"""Errors of the Web API that a script may ask for; it answers them with status 200."""
_SAME: Final = (
    (RATE_LIMITED, "ratelimited"),
    ("channel_is_archived", "is_archived"),
    ("action_prohibited", "restricted_action"),
    ("invalid_token", "invalid_auth"),
    ("rollup_error", "fatal_error"),
)
"""The same reason in the words of a webhook and of the Web API."""


def webhook_word(error: str) -> str:
    """Return the webhook's word for a reason, ``rollup_error`` if it has none."""
    words = {api: webhook for webhook, api in _SAME}
    return error if error in WEBHOOK_STATUS else words.get(error, "rollup_error")


def api_error(error: str) -> str:
    """Return the Web API's word for a reason, ``fatal_error`` if it has none."""
    return error if error in API_ERRORS else dict(_SAME).get(error, "fatal_error")
