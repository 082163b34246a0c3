"""The channel ``webhook``: the notification as JSON.

It is signed by standardwebhooks.com (v1), so that a receiver can check who sent it.
"""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec
import orjson

from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.answers import Answer, classify
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.http_post import exchange
from services.alerting.deliver.channels.message.content import compose, summarise
from services.alerting.deliver.channels.message.harmless import neutralise
from services.alerting.deliver.channels.message.plain_text import printable
from services.alerting.deliver.channels.mrkdwn import fit
from shared.http.clients import Client

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the published prefix, no secret
PACE: Final = PostingPace(spacing_s=0.1, burst=20)
"""A backlog must not be a flood for a small server."""
TEXT_CHARACTERS: Final = 1_000
_OMITTED_FIELDS: Final = ("signature",)


def build_payload(post: Post) -> dict[str, Any]:
    """Build the payload: the notification without signatures, and a line of text for people.

    The line is harmless wherever it is shown; the notification is as feeds wrote it.
    """
    data = msgspec.to_builtins(post.notification, builtin_types=(datetime,))
    alerts = [
        {name: value for name, value in alert.items() if name not in _OMITTED_FIELDS}
        for alert in data["alerts"]
    ]
    links = {label.lower(): address for label, address in post.action_links}
    return {
        "type": "notification.v1",
        "text": fit(printable(summarise(compose(post))), TEXT_CHARACTERS, neutralise),
        "possible_repeat": post.is_possible_repeat,
        "replayed": post.is_replay,
        **({"links": links} if links else {}),
        "data": data | {"alerts": [] if post.is_plain else alerts},
    }


def sign_headers(
    notification_id: str, body: bytes, at_s: int, secret: str | None
) -> dict[str, str]:
    """Return the ``webhook-*`` headers, with an HMAC-SHA256 signature if there is a secret.

    A secret is ``whsec_`` and base64, or any text. The id is the notification's: a receiver that
    remembers ids can drop repeats.
    """
    headers = {
        "content-type": "application/json",
        "webhook-id": notification_id,
        "webhook-timestamp": str(at_s),
    }
    if secret is None:
        return headers
    signed_content = f"{notification_id}.{at_s}.".encode() + body
    digest = hmac.new(_key(secret), signed_content, hashlib.sha256).digest()
    return headers | {"webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts to one address per name."""

    pace: ClassVar[PostingPace] = PACE
    addresses: Addresses
    client: Client
    secret: str | None = field(default=None, repr=False)

    def rate_limit_key(self, name: str) -> str | None:
        """Return one key per address."""
        return self.addresses.rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        """Render the payload as JSON."""
        return orjson.dumps(build_payload(post), option=orjson.OPT_UTC_Z)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        """Post to the address of this name."""
        headers = sign_headers(notification_id, body, int(time.time()), self.secret)
        return await exchange(self.client, self.addresses.url_for(name), body, headers, classify)


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        return secret.encode()
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX) + "==")
