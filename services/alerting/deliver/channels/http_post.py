"""POST to a destination and classify its response: all network access of the channels."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from services.alerting.deliver.channels.answers import Answer, classify_error
from shared.http.clients import Client, post
from shared.http.errors import HttpError

Classifier = Callable[[int, bytes, Mapping[str, str], datetime], Answer]


async def exchange(
    client: Client, url: str, body: bytes, headers: Mapping[str, str], classify_response: Classifier
) -> Answer:
    """Post once and return the answer; every failure is one. It never contains the address."""
    try:
        response = await post(client, url, body, headers=headers)
    except HttpError as error:
        return classify_error(error.kind)
    return classify_response(response.status, response.body, response.headers, datetime.now(UTC))
