"""Post requests to hubs, through the address guard, and follow a hub that has moved."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urljoin

from shared.http.clients import Client, post
from shared.http.errors import HttpError

MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_FORM: Final = "application/x-www-form-urlencoded"


async def post_to_hub(client: Client, hub: str, form: Mapping[str, str]) -> str:
    """Post a form; return why the hub has not accepted it, "" if it has.

    Any redirect is followed with the same form: a hub that answers so to a POST has moved.
    """
    body, url = urlencode(form).encode(), hub
    for _ in range(MAX_REDIRECTS + 1):
        try:
            response = await post(client, url, body, headers={"content-type": _FORM})
        except HttpError as error:
            return f"the hub gives no answer: {error.kind}"
        location = response.headers.get("location", "")
        if response.status not in _REDIRECTS or not location:
            return "" if 200 <= response.status < 300 else f"the hub answers {response.status}"
        try:
            url = urljoin(url, location)
        except ValueError:
            return "the hub redirects to what is no address"
    return f"the hub redirects more than {MAX_REDIRECTS} times"
