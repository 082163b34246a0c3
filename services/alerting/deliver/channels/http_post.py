"""One POST to a destination, and what its answer means. The only place of the channels that touches the network."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from services.alerting.deliver.channels.answers import Answer, classify_error
from shared.http.clients import Client, post
from shared.http.errors import HttpError

Judge = Callable[[int, bytes, Mapping[str, str], datetime], Answer]


async def exchange(
    client: Client, url: str, body: bytes, headers: Mapping[str, str], judge: Judge
) -> Answer:
    """Post once; every way to fail is an answer. Nothing of the address leaves this function."""
    try:
        got = await post(client, url, body, headers=headers)
    except HttpError as error:
        return classify_error(error.kind)
    return judge(got.status, got.body, got.headers, datetime.now(UTC))
