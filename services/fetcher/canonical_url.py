"""The canonical form of a web address: the same page under its many spellings becomes one article.

After RFC 3986, 6.2.2 and 6.2.3: case, default port, percent-encoding and dot segments. On top of that the fragment goes, and so do
parameters that say who clicked where; the others stay, in their order.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import quote, urlsplit

from shared.base.outcomes import InvalidMessage

MAX_URL: Final = 2_048
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PATH_SAFE: Final = "/:@!$&'()*+,;=~%"
_QUERY_SAFE: Final = _PATH_SAFE + "?"
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_ENCODED: Final = re.compile(r"%(?:([0-9A-Fa-f]{2})|)")
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")

# Names that campaigns, advertisers and the publishers' own feeds add; none of them chooses the page.
_TRACKING_PREFIXES: Final = (
    "utm_",
    "at_custom",
    "at_link",
    "at_bbc",
    "ns_",
    "mc_",
    "pk_",
    "mtm_",
    "hsa_",
)
_TRACKING: Final = frozenset(
    (
        *(
            "fbclid",
            "gclid",
            "gclsrc",
            "dclid",
            "gbraid",
            "wbraid",
            "msclkid",
            "yclid",
            "twclid",
            "ttclid",
            "igshid",
        ),
        *(
            "_ga",
            "_gl",
            "_hsenc",
            "_hsmi",
            "mkt_tok",
            "vero_id",
            "wickedid",
            "oly_anon_id",
            "oly_enc_id",
            "ref_src",
            "ref_url",
        ),
        *(
            "cmp",
            "cmpid",
            "cmp_id",
            "ito",
            "xtor",
            "ncid",
            "ocid",
            "smid",
            "smtyp",
            "emc",
            "partner",
            "traffic_source",
            "feedtype",
            "feedname",
        ),
        *("at_medium", "at_campaign", "at_format", "at_ptr_name", "taid", "guccounter", "s_cid"),
    )
)


def canonical_url(url: str) -> str:
    """The one spelling of an http(s) URL; applying it again changes nothing. InvalidMessage where it is no such URL."""
    try:
        parts = urlsplit(url.strip())
        scheme, host, port = (
            parts.scheme.lower(),
            _host(parts.hostname or "", in_brackets="[" in parts.netloc),
            parts.port,
        )
        path, query = _normal(parts.path, _PATH_SAFE), _query(parts.query)
    except (ValueError, UnicodeError) as error:
        raise InvalidMessage(f"not a URL: {_shown(url)}") from error
    if scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc or port == 0:
        raise InvalidMessage(f"not an http or https URL without a password: {_shown(url)}")
    built = (
        f"{scheme}://{host}"
        + (f":{port}" if port and port != _DEFAULT_PORTS[scheme] else "")
        + _without_dots(path)
        + query
    )
    if len(built) > MAX_URL:
        raise InvalidMessage(f"longer than {MAX_URL} characters: {_shown(url)}")
    return built


def _host(name: str, *, in_brackets: bool) -> str:
    if in_brackets:
        return f"[{ipaddress.IPv6Address(name)}]"
    host = name.encode("idna").decode("ascii").lower().rstrip(".")
    return host if _HOST.fullmatch(host) else ""


def _normal(text: str, safe: str) -> str:
    """Percent-encoding in one way: what need not be encoded is not, the rest is, in capitals."""
    return _ENCODED.sub(_decoded, quote(text, safe=safe))


def _decoded(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    character = chr(int(match[1], 16))
    return character if _UNRESERVED.fullmatch(character) else f"%{match[1].upper()}"


def _query(query: str) -> str:
    kept = [
        part
        for part in _normal(query, _QUERY_SAFE).split("&")
        if part and not _is_tracking(part.partition("=")[0].lower())
    ]
    return "?" + "&".join(kept) if kept else ""


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _shown(url: str) -> str:
    """The URL for an error text, without what may be secret in it."""
    return repr(url.partition("?")[0].rpartition("@")[2][:200])
