"""Where a channel's names lead: secret URLs, by name, with one for every name that has none of its own. Never shown. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from shared.messages.ids import content_id

LANE_CHARACTERS: Final = 12


class AddressError(ValueError):
    """The addresses cannot be used. The text says which entry and why, all of them, and shows no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """URLs by name; ``default`` serves every name that is not listed. ``repr`` shows neither."""

    by_name: Mapping[str, str] = field(default_factory=dict, repr=False)
    default: str | None = field(default=None, repr=False)

    def rate_limit_key(self, name: str) -> str | None:
        """The same short hash for names with the same address; None where there is no address."""
        url = self.by_name.get(name, self.default)
        return content_id("lane", url)[:LANE_CHARACTERS] if url else None

    def url_for(self, name: str) -> str:
        """The secret URL of a name; KeyError where none is configured."""
        url = self.by_name.get(name, self.default)
        if not url:
            raise KeyError(name)
        return url

    def hosts(self) -> frozenset[str]:
        """The hosts that may be asked, in lower case: the allow-list of the delivery client."""
        urls = [*self.by_name.values(), *([self.default] if self.default else [])]
        return frozenset(urlsplit(url).hostname or "" for url in urls)


def parse_addresses(
    *, default: str | None = None, document: str | None = None, file: str = ""
) -> Addresses:
    """Addresses from the default URL and the text of a YAML or JSON mapping ``name: url``. AddressError lists every mistake."""
    by_name = _parsed(document, file) if document is not None else {}
    mistakes = [f"{file}: {name}: {why}" for name, url in by_name.items() if (why := _mistake(url))]
    if default and (why := _mistake(default)):
        mistakes.insert(0, f"the default address: {why}")
    if mistakes:
        raise AddressError("\n".join(mistakes))
    return Addresses(by_name=by_name, default=default or None)


def _parsed(document: str, file: str) -> dict[str, Any]:
    try:
        data = yaml.safe_load(document)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise AddressError(
            f"{file}{place}: neither YAML nor JSON; write one `name: https://…` a line"
        ) from None
    if not isinstance(data, dict):
        raise AddressError(f"{file}: no mapping; write one `name: https://…` a line")
    return {str(name): url for name, url in _filled(data)}


def _filled(data: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    return iter(sorted(data.items(), key=lambda entry: str(entry[0])))


def _mistake(url: object) -> str:
    """What is wrong with an address, without showing it; nothing where it is fine."""
    if not isinstance(url, str) or any(character.isspace() for character in url):
        return "is no URL; write https://…"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "is no URL; write https://…"
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return "is no URL; write https://…"
    if parts.scheme == "http" and not _is_inside(parts.hostname):
        return "is not encrypted; write https:// (http:// only for this machine or network)"
    return "" if parts.username is None else "holds a user name; put no password into a URL"


def _is_inside(host: str) -> bool:
    """Whether a host is this machine or on its own network: a private address, or a name without a dot."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host
