"""The channel ``webhook``: the notification as JSON, signed as standardwebhooks.com says (v1), so that a receiver can check who sent it."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
import orjson

from services.alerting.deliver.channels import wording
from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.answers import Answer, classify
from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.http_post import exchange
from shared.http.clients import Client

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the published prefix, no secret
_LEFT_OUT: Final = ("signature",)


def build_payload(post: Post) -> dict[str, Any]:
    """What a program wants to know: the notification without signatures, one line for people, and whether it may be a repeat."""
    told = msgspec.to_builtins(post.notification, builtin_types=(datetime,))
    alerts = [
        {name: value for name, value in alert.items() if name not in _LEFT_OUT}
        for alert in told["alerts"]
    ]
    shown = {
        "text": wording.summary(post),
        "possible_repeat": post.marked,
        "replayed": post.replayed,
    }
    return {
        "type": "notification.v1",
        **shown,
        "data": told | {"alerts": [] if post.plain else alerts},
    }


def sign_headers(
    notification_id: str, body: bytes, at_s: int, secret: str | None
) -> dict[str, str]:
    """The ``webhook-*`` headers; with a secret (``whsec_`` and base64, or any text) also the HMAC-SHA256 signature.

    The id is the notification's: a receiver that remembers it drops a repeat by itself.
    """
    headers = {
        "content-type": "application/json",
        "webhook-id": notification_id,
        "webhook-timestamp": str(at_s),
    }
    if secret is None:
        return headers
    digest = hmac.new(
        _key(secret), f"{notification_id}.{at_s}.".encode() + body, hashlib.sha256
    ).digest()
    return headers | {"webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts to the name's address."""

    addresses: Addresses
    client: Client
    secret: str | None = field(default=None, repr=False)

    def rate_limit_key(self, name: str) -> str | None:
        """One lane an address."""
        return self.addresses.rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        """The payload as JSON."""
        return orjson.dumps(build_payload(post), option=orjson.OPT_UTC_Z)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        """One post."""
        headers = sign_headers(notification_id, body, int(time.time()), self.secret)
        return await exchange(self.client, self.addresses.url_for(name), body, headers, _judge)


def _judge(status: int, body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
    return classify(status, body, headers, now=now)


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        return secret.encode()
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX) + "==")
