"""Operators of other search languages, and near misses of ours: refused, with our word for them."""

import re
from collections.abc import Sequence
from typing import Final, NoReturn

from services.alerting.language.errors import fail
from shared.files.yaml_document import did_you_mean

_OURS: Final = {
    "and": "AND", "or": "OR", "not": "NOT", "&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT", "-": "AND NOT",
    "andnot": "AND NOT", "butnot": "AND NOT", ",": "AND or OR", ";": "AND or OR",
}  # fmt: skip
_NEAR: Final = re.compile(
    r"(?:(?P<order>pre|onear|p|\+)|w|wi|n|near|adj|within|~|)/(?P<reach>\d+|s|p|n|in|sent|para|)"
    r"|(?P<ordered>onear|adj|pre)(?P<after>\d+)|(?:near|within)(?P<within>\d+)|~(?P<slop>\d+)|[+](?:\d+|s|p)",
    re.IGNORECASE | re.ASCII,
)
_UNITS: Final = {"s": "W/S", "sent": "W/S", "p": "W/P", "para": "W/P"}
NEAR_WORDS: Final = frozenset(
    ("near", "within", "same", "adj", "pre", "onear", "followed", "w", "w/")
)
_SEVERAL: Final = re.compile(r"(?:atl(?:east)?|min)(\d*)", re.IGNORECASE | re.ASCII)
_FIELD: Final = re.compile(r"([A-Za-z]+):(\S+)", re.ASCII)
_COMPARED: Final = re.compile(r"([a-z]+)\s*=+\s*([^\s()=<>]+)", re.ASCII)
_FUNCTIONS: Final = {
    **dict.fromkeys(
        ("title", "titles", "hl", "hd", "hlead", "heading", "subject", "allcaps"), "headline"
    ),
    **dict.fromkeys(("first", "intro", "lede", "lp", "leadin", "para", "top"), "lead"),
    **dict.fromkeys(("text", "tx", "content", "story"), "body"),
    **dict.fromkeys(("caps", "case", "nocaps", "singular", "plural"), "exact"),
    **dict.fromkeys(
        ("person", "people", "who", "company", "organisation", "organization", "name"), "actor"
    ),
    **dict.fromkeys(("language", "la"), "lang"),
    **dict.fromkeys(("publication", "publisher", "sc", "feed", "site"), "source"),
    **dict.fromkeys(("place", "region", "nation", "geo"), "country"),
    **dict.fromkeys(("topic", "subjectcode", "tag"), "keyword"),
}
"""What other search languages call what we have."""


def refuse(expression: str, at: int, text: str, functions: Sequence[str]) -> None:
    """Raise LanguageError where the text, which stands at ``at``, is an operator of another language or one of ours in small letters."""
    small = text.lower()
    if small in ("and", "or", "not"):
        word = f'write {_OURS[small]}, or "{small}" for the word'
        fail(
            expression,
            at,
            "lower-case-operator",
            f"operators are written in capitals: {_OURS[small]}",
            word,
        )
    if small in _OURS:
        fail(
            expression,
            at,
            "foreign-operator",
            f"{text} is no operator here",
            f"write {_OURS[small]}",
        )
    if near := _NEAR.fullmatch(text):
        fail(
            expression,
            at,
            _near_code(small),
            f"{text} is no operator here",
            f"write {_our_near(near)}",
        )
    if text[0] in "-+!&|":
        fail(
            expression,
            at,
            "foreign-operator",
            f"{text[0]} is no operator here",
            f"write {'AND NOT' if text[0] in '-!' else _OURS[text[0]]}",
        )
    if text[-1] in "&|,;":
        fail(
            expression,
            at + len(text) - 1,
            "foreign-operator",
            f"{text[-1]} is no operator here",
            f"write {_OURS[text[-1]]}",
        )
    if "/" in text:
        _refuse_slash(expression, at, text)
    if (found := _FIELD.fullmatch(text)) and (name := _ours(found[1], functions)):
        fail(
            expression,
            at + len(found[1]),
            "foreign-operator",
            ": is no operator here",
            f"write {name}({found[2]})",
        )


def refuse_sign(expression: str, at: int) -> NoReturn:
    """Raise LanguageError for a sign of comparison that stands where none can."""
    before, sign = expression[:at].rstrip(), expression[at]
    compared = _COMPARED.search(expression, len(before) - len(before.split()[-1]) if before else 0)
    filtered = compared is not None and compared[1] in ("lang", "source")
    better = (
        f"write {compared[1]}({compared[2]})"
        if compared and filtered
        else "only words can be compared: words > 200"
    )
    fail(expression, at, "foreign-operator", f"{sign} is no operator here", better)


def refuse_function(expression: str, at: int, name: str, known: Sequence[str]) -> NoReturn:
    """Raise LanguageError for a name before a bracket that is none of ours."""
    if several := _SEVERAL.fullmatch(name):
        fail(
            expression,
            at,
            "unknown-function",
            f"{name}( is not known",
            f"did you mean ATLEAST{several[1] or '3'}(?",
        )
    refuse(expression, at, name, known)
    ours = _ours(name, known)
    fail(
        expression,
        at,
        "unknown-function",
        f"{name[:40]}( is not known",
        f"did you mean {ours}(?" if ours else "known are " + ", ".join(known),
    )


def _ours(name: str, known: Sequence[str]) -> str:
    """The function of ours that is meant, or nothing."""
    small = name.lower()
    return (
        small
        if small in known
        else _FUNCTIONS.get(small)
        or did_you_mean(small, [*known]).removeprefix("did you mean ").removesuffix("?")
    )


def _refuse_slash(expression: str, at: int, text: str) -> NoReturn:
    small, better = text.lower(), f'write "{text.replace("/", " ")}" for a phrase, W/5 for nearness'
    if joined := re.match(r"(w|pre)/(\d+)", small):
        fail(
            expression,
            at,
            "foreign-operator",
            f"{text} is no operator here",
            f"write {joined[1].upper()}/{joined[2]} with a blank on either side",
        )
    if small in ("and/or", "or/and"):
        better = "write OR: it finds both, too"
    fail(expression, at + text.index("/"), "foreign-operator", "/ is no operator here", better)


def _near_code(small: str) -> str:
    return (
        "lower-case-operator" if re.fullmatch(r"(w|pre)/(\d+|s|p)", small) else "foreign-operator"
    )


def _our_near(near: re.Match[str]) -> str:
    if near["after"]:
        return f"PRE/{near['after']}"
    reach = near["reach"] or near["within"] or near["slop"] or near[0].lstrip("+~")
    if reach.isdigit():
        return f"{'PRE' if near['order'] or near[0][0] == '+' else 'W'}/{reach}"
    return _UNITS.get(reach.lower(), "W/5, PRE/5, W/S or W/P")
