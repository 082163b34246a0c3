"""Which hosts are of one site: those under the same name that somebody registered. Pure.

A table of the second levels under which names are registered stands for the public suffix list,
which has thousands of lines and changes weekly. What is missing makes two sites one: that matters
only where pages state addresses of one another's hosts.
"""

from typing import Final

_SECOND_LEVELS: Final = frozenset(
    (
        *("ac", "asn", "asso", "co", "com", "ed", "edu", "ernet", "firm", "gen", "go", "gob"),
        *("gob", "gouv", "gov", "govt", "gub", "id", "ind", "info", "int", "lg", "ltd", "me"),
        *("mil", "muni", "ne", "net", "nhs", "nic", "nom", "or", "org", "plc", "police", "press"),
        *("pro", "re", "res", "sch", "school", "tm", "web"),
    )
)
_HOSTING: Final = frozenset(
    (
        *("appspot.com", "blogspot.com", "github.io", "gitlab.io", "herokuapp.com", "netlify.app"),
        *("pages.dev", "substack.com", "tumblr.com", "typepad.com", "vercel.app", "wordpress.com"),
        *("ampproject.org", "livejournal.com", "hatenablog.com", "tistory.com", "web.app"),
    )
)
"""Under these each name is a site of its own."""
_COUNTRY: Final = 2


def site_of(host: str) -> str:
    """Return the registered name that a host is under; an IP address is one of its own."""
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdecimal() or ":" in host:
        return host.lower()
    is_third = len(labels[-1]) == _COUNTRY and labels[-2:-1] and labels[-2] in _SECOND_LEVELS
    depth = 3 if is_third or ".".join(labels[-2:]) in _HOSTING else 2
    return ".".join(labels[-depth:])
