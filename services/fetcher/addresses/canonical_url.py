"""The canonical form of a web address, so that all spellings of a page's URL give one article.

Case, default port, percent-encoding and dot segments are normalised as in RFC 3986, 6.2.2 and
6.2.3. The fragment and tracking parameters are removed; other parameters stay, in order.
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
_SCHEME: Final = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?")

# Parameters of campaigns, advertisers and the publishers' own feeds; none of them selects the page.
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
    "matomo_",
    "piwik_",
    "itm_",
    "elqtrack",
)
_SAYS_WHERE: Final = frozenset(("from", "mod", "ref", "source", "src"))
"""Parameters that only track where their value says that the reader comes from a feed."""
_FROM_A_FEED: Final = re.compile(r"(?:.*[-_.])?(?:rss|feed)\d?(?:[-_.].*)?", re.IGNORECASE)
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
        *("gad_source", "gad_campaignid", "srsltid", "epik", "s_kwcid", "ef_id", "intcmp", "icid"),
        *("__twitter_impression", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref"),
        *("_openstat", "ymclid", "wt_mc", "wt_zmc", "wt.mc_id", "sc_cid", "xts", "xtref", "maca"),
        *("ml_subscriber", "ml_subscriber_hash", "rb_clickid", "mkcid", "mkevt", "trkcampaign"),
        *("guce_referrer", "guce_referrer_sig", "amp_js_v", "amp_gsa", "usqp", "rss_id"),
    )
)


def canonical_url(url: str) -> str:
    """Return the canonical form of an http(s) URL; InvalidMessage if it is not one.

    The canonical form of a canonical URL is itself.
    """
    try:
        parts = urlsplit(url.strip())
        scheme, port = parts.scheme.lower(), parts.port
        host = _normalise_host(parts.hostname or "", in_brackets="[" in parts.netloc)
        path, query = _normalise_encoding(parts.path, _PATH_SAFE), _clean_query(parts.query)
    except (ValueError, UnicodeError) as error:
        raise InvalidMessage(f"not a URL: {_without_secrets(url)}") from error
    if "@" in parts.netloc:
        raise InvalidMessage(f"a URL with a user name or password: {_without_secrets(url)}")
    if scheme not in _DEFAULT_PORTS or not host or port == 0:
        raise InvalidMessage(f"not an http or https URL: {_without_secrets(url)}")
    visible_port = f":{port}" if port and port != _DEFAULT_PORTS[scheme] else ""
    canonical = f"{scheme}://{host}{visible_port}{_remove_dot_segments(path)}{query}"
    if len(canonical) > MAX_URL:
        raise InvalidMessage(f"longer than {MAX_URL} characters: {_without_secrets(url)}")
    return canonical


def _normalise_host(name: str, *, in_brackets: bool) -> str:
    if in_brackets:
        return f"[{ipaddress.IPv6Address(name)}]"
    host = name.encode("idna").decode("ascii").lower().rstrip(".")
    return host if _HOST.fullmatch(host) else ""


def _normalise_encoding(text: str, safe: str) -> str:
    """Percent-encode only what has to be, in capitals."""
    return _ENCODED.sub(_normalise_octet, quote(text, safe=safe))


def _normalise_octet(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    character = chr(int(match[1], 16))
    return character if _UNRESERVED.fullmatch(character) else f"%{match[1].upper()}"


def _clean_query(query: str) -> str:
    parameters = [
        part
        for part in _normalise_encoding(query, _QUERY_SAFE).split("&")
        if part and not _is_tracking(part)
    ]
    return "?" + "&".join(parameters) if parameters else ""


def _is_tracking(parameter: str) -> bool:
    """Return whether a parameter tracks; one after an escaped & (``&amp;``) does as well."""
    name, _, value = parameter.partition("=")
    name = name.lower().removeprefix("amp;")
    if name in _SAYS_WHERE:
        return bool(_FROM_A_FEED.fullmatch(value))
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _remove_dot_segments(path: str) -> str:
    remaining: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            del remaining[-1:]
        elif segment != ".":
            remaining.append(segment)
    if segments[-1] in (".", ".."):
        remaining.append("")
    return "/" + "/".join(remaining)


def _without_secrets(url: str) -> str:
    """Return the URL for an error text, without what may be secret in it."""
    start, _, last = url.partition("?")[0].rpartition("@")
    scheme = _SCHEME.match(start)
    return repr(f"{scheme[0] if scheme else ''}{last}"[:200])
