"""The secret URLs of a channel's names, and a default for names without one. Pure.

No error or ``repr`` shows a URL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from shared.messages.ids import content_id

KEY_CHARACTERS: Final = 12


class AddressError(ValueError):
    """Addresses that cannot be used. The text lists every entry and why, and shows no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """URLs by name; ``default`` is for every name that is not listed. ``repr`` shows neither."""

    by_name: Mapping[str, str] = field(default_factory=dict, repr=False)
    default: str | None = field(default=None, repr=False)

    def rate_limit_key(self, name: str) -> str | None:
        """Return a short hash of the name's address; None if there is no address."""
        url = self.by_name.get(name, self.default)
        return content_id("address", url)[:KEY_CHARACTERS] if url else None

    def url_for(self, name: str) -> str:
        """Return the secret URL of a name. KeyError if none is configured."""
        url = self.by_name.get(name, self.default)
        if not url:
            raise KeyError(name)
        return url

    def hosts(self) -> frozenset[str]:
        """Return the hosts, in lower case: the allow-list of the delivery client."""
        urls = [*self.by_name.values(), *([self.default] if self.default else [])]
        return frozenset(urlsplit(url).hostname or "" for url in urls)


def parse_addresses(
    *, default: str | None = None, document: str | None = None, file: str = ""
) -> Addresses:
    """Parse the default URL and the text of a YAML or JSON mapping ``name: url``.

    AddressError lists every problem. ``file`` is the name that it gives the mapping.
    """
    by_name = load_mapping(document, file) if document is not None else {}
    problems = [
        f"{file}: {name}: {why}"
        for name, url in by_name.items()
        if (why := find_address_problem(url))
    ]
    if default and (why := find_address_problem(default)):
        problems.insert(0, f"the default address: {why}")
    if problems:
        raise AddressError("\n".join(problems))
    return Addresses(by_name=by_name, default=default or None)


def load_mapping(document: str, file: str, example: str = "https://…") -> dict[str, Any]:
    """Load a YAML or JSON mapping, sorted by name. AddressError shows nothing of it."""
    try:
        data = yaml.safe_load(document)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        position = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise AddressError(
            f"{file}{position}: neither YAML nor JSON; write one `name: {example}` per line"
        ) from None
    if not isinstance(data, dict):
        raise AddressError(f"{file}: not a mapping; write one `name: {example}` per line")
    return {str(name): data[name] for name in sorted(data, key=str)}


def find_address_problem(url: object) -> str:
    """Return what is wrong with an address, without showing it; empty if it is valid."""
    if not isinstance(url, str) or any(character.isspace() for character in url):
        return "is not a URL; write https://…"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "is not a URL; write https://…"
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return "is not a URL; write https://…"
    if parts.scheme == "http" and not is_local(parts.hostname):
        return "is not encrypted; write https:// (http:// only for this machine or network)"
    return "" if parts.username is None else "contains a user name; put no password into a URL"


def is_local(host: str) -> bool:
    """Return whether a host is local: a private address, or a name without a dot."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host
