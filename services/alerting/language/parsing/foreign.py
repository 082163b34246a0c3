"""Refuse operators of other search languages and near misses of ours, and suggest ours."""

import re
from collections.abc import Sequence
from typing import Final, NoReturn

from services.alerting.language.errors import fail
from services.alerting.language.parsing.terms import QUOTES
from shared.files.yaml_document import did_you_mean

_OPERATORS: Final = {
    "and": "AND", "or": "OR", "not": "NOT", "andnot": "AND NOT", "butnot": "AND NOT",
    "&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT", "-": "AND NOT",
    ",": "AND or OR", ";": "AND or OR",
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
_FIELD_VALUE: Final = re.compile(
    rf"\s*(?:([{QUOTES}][^{QUOTES}]{{1,200}}[{QUOTES}])|\(([^()]{{1,200}})\)|([^\s()]{{1,200}}))"
)
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
"""What other search languages call functions that we have."""


def refuse(expression: str, offset: int, text: str, functions: Sequence[str]) -> None:
    """Raise LanguageError if the text at ``offset`` is an operator of another language.

    So are operators of ours in small letters.
    """
    small = text.lower()
    if small in ("and", "or", "not"):
        word = f'write {_OPERATORS[small]}, or "{small}" for the word'
        fail(
            expression,
            offset,
            "lower-case-operator",
            f"operators are written in capitals: {_OPERATORS[small]}",
            word,
        )
    if small in _OPERATORS:
        _fail_operator(expression, offset, text, f"write {_OPERATORS[small]}")
    if near := _NEAR.fullmatch(text):
        fail(
            expression,
            offset,
            _near_code(small),
            f"{text} is not an operator here",
            f"write {_our_near(near)}",
        )
    if text[0] in "-+!&|":
        _fail_operator(
            expression,
            offset,
            text[0],
            f"write {'AND NOT' if text[0] in '-!' else _OPERATORS[text[0]]}",
        )
    if text[-1] in "&|,;":
        _fail_operator(
            expression, offset + len(text) - 1, text[-1], f"write {_OPERATORS[text[-1]]}"
        )
    if "/" in text:
        _refuse_slash(expression, offset, text)
    if text.endswith(":") and (name := _suggest_function(text[:-1], functions)):
        value = _field_value(expression, offset + len(text), is_filter=name in ("source", "lang"))
        _fail_operator(expression, offset + len(text) - 1, ":", f"write {name}({value})")
    if (field_query := _FIELD.fullmatch(text)) and (
        name := _suggest_function(field_query[1], functions)
    ):
        _fail_operator(
            expression, offset + len(field_query[1]), ":", f"write {name}({field_query[2]})"
        )


def refuse_sign(expression: str, offset: int) -> NoReturn:
    """Raise LanguageError for a sign of comparison that stands where none can."""
    before, sign = expression[:offset].rstrip(), expression[offset]
    compared = _COMPARED.search(expression, len(before) - len(before.split()[-1]) if before else 0)
    filtered = compared is not None and compared[1] in ("lang", "source")
    suggestion = (
        f"write {compared[1]}({compared[2]})"
        if compared and filtered
        else "only words can be compared: words > 200"
    )
    _fail_operator(expression, offset, sign, suggestion)


def refuse_function(expression: str, offset: int, name: str, functions: Sequence[str]) -> NoReturn:
    """Raise LanguageError for a name before a bracket that is no function of ours."""
    if several := _SEVERAL.fullmatch(name):
        fail(
            expression,
            offset,
            "unknown-function",
            f"{name}( is unknown",
            f"did you mean ATLEAST{several[1] or '3'}(?",
        )
    refuse(expression, offset, name, functions)
    meant = _suggest_function(name, functions)
    fail(
        expression,
        offset,
        "unknown-function",
        f"{name[:40]}( is unknown",
        f"did you mean {meant}(?" if meant else "known functions: " + ", ".join(functions),
    )


def _field_value(expression: str, offset: int, *, is_filter: bool) -> str:
    """Return what another language's field is asked for: a phrase, a group or a word."""
    value = _FIELD_VALUE.match(expression, offset)
    if not value:
        return "…"
    return value[1].strip(QUOTES) if value[1] and is_filter else value[1] or value[2] or value[3]


def _fail_operator(expression: str, offset: int, sign: str, suggestion: str) -> NoReturn:
    fail(expression, offset, "foreign-operator", f"{sign} is not an operator here", suggestion)


def _suggest_function(name: str, functions: Sequence[str]) -> str:
    """Return the function of ours that is meant, or nothing."""
    small = name.lower()
    return (
        small
        if small in functions
        else _FUNCTIONS.get(small)
        or did_you_mean(small, [*functions]).removeprefix("did you mean ").removesuffix("?")
    )


def _refuse_slash(expression: str, offset: int, text: str) -> NoReturn:
    small, suggestion = (
        text.lower(),
        f'write "{text.replace("/", " ")}" for a phrase, W/5 for nearness',
    )
    if near := re.match(r"(w|pre)/(\d+)", small):
        fail(
            expression,
            offset,
            "foreign-operator",
            f"{text} is not an operator here",
            f"write {near[1].upper()}/{near[2]} with a blank on either side",
        )
    if small in ("and/or", "or/and"):
        suggestion = "write OR: it finds both, too"
    fail(
        expression,
        offset + text.index("/"),
        "foreign-operator",
        "/ is not an operator here",
        suggestion,
    )


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
