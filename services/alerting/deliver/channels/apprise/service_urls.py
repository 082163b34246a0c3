"""The secret Apprise URLs of ``apprise:`` destinations, one for each name. Pure.

No error or ``repr`` shows a URL.
"""

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from services.alerting.deliver.channels.addresses import AddressError, load_mapping
from shared.messages.ids import content_id

KEY_CHARACTERS: Final = 12
_INSTALL: Final = "pip install --require-hashes -r deploy/locks/apprise.txt"
_URL: Final = re.compile(r"[a-z][a-z0-9]{1,30}://[!-~]{1,4000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceUrls:
    """The Apprise URL of each name."""

    by_name: Mapping[str, str] = field(default_factory=dict, repr=False)

    def rate_limit_key(self, name: str) -> str | None:
        """Return a short hash of the name's URL; None if it has none."""
        url = self.by_name.get(name)
        return content_id("apprise", url)[:KEY_CHARACTERS] if url else None


def parse_service_urls(document: str | None) -> ServiceUrls:
    """Parse a YAML or JSON mapping from names to Apprise URLs.

    AddressError lists every problem. Whether Apprise knows a URL's service is seen when it is used.
    """
    if document is None:
        return ServiceUrls()
    by_name = load_mapping(document, "APPRISE_URLS", "service://…")
    problems = [
        f"APPRISE_URLS: {name}: is not one of Apprise's URLs; write one, such as ntfy://topic"
        for name, url in by_name.items()
        if not isinstance(url, str) or not _URL.fullmatch(url)
    ]
    if importlib.util.find_spec("apprise") is None:
        problems.append(f"APPRISE_URLS need Apprise, which is not installed: {_INSTALL}")
    if problems:
        raise AddressError("\n".join(problems))
    return ServiceUrls(by_name=by_name)
