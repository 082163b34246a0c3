"""Tags as rules write them: actor(kim-jong-un), country("North Korea"), event(visit, who=…)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NoReturn, cast, get_args

from services.alerting.language.errors import fail
from services.alerting.language.parsing.terms import QUOTES
from services.alerting.language.parsing.tokens import Token, skip
from services.alerting.language.tree import EventArguments, EventStatus, Tag, TagKind
from shared.files.yaml_document import did_you_mean
from shared.text.words import words_of

TAGS: Final[tuple[TagKind, ...]] = get_args(TagKind)
FILTERS: Final = ("source", "lang")
EXAMPLES: Final = {
    "actor": "kim-jong-un",
    "office": "us-secretary-of-state",
    "country": "prk",
    "keyword": "denuclearization",
    "event": "missile-test",
    "source": "nikkei",
    "lang": "en",
}
NEVER_CLOSED: Final = ("unclosed-bracket", "this bracket is never closed", "close it with )")
STATUSES: Final[tuple[EventStatus, ...]] = get_args(EventStatus)

_ARGUMENT: Final = re.compile(rf"\s*([^(){QUOTES}]*?)\s*\)")
_QUOTED_ARGUMENT: Final = re.compile(rf"\s*[{QUOTES}]([^(){QUOTES}]*)[{QUOTES}]\s*\)")
_BRACKET_OR_QUOTE: Final = re.compile(rf"[(){QUOTES}]")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
_NAMED: Final = re.compile(r"([A-Za-z_-]+)\s*(==|=|:)\s*")
_PARTY: Final = re.compile(r"(actor|country)\s*\(", re.ASCII)
_COUNTRY_CODE: Final = re.compile(r"[a-z]{3}")
_ARGUMENTS: Final = ("status", "who", "to")
_OTHER_ARGUMENTS: Final = {
    **dict.fromkeys(("by", "source", "actor", "from", "subject", "agent"), "who"),
    **dict.fromkeys(("target", "whom", "at", "on", "with", "object", "country"), "to"),
    **dict.fromkeys(("state", "tense", "mode"), "status"),
}
_OTHER_STATUSES: Final = {
    **dict.fromkeys(("all", "every", "*"), "any"),
    **dict.fromkeys(("true", "fact", "real", "now", "present", "recent", "happened"), "asserted"),
    **dict.fromkeys(("future", "announced", "possible", "expected", "scheduled"), "planned"),
    **dict.fromkeys(("false", "negated", "not", "no", "negative"), "denied"),
    **dict.fromkeys(("old", "background", "history", "former"), "past"),
    **dict.fromkeys(("alleged", "reported", "said", "quoted"), "claimed"),
}


def call_token(expression: str, offset: int, name: str, opening: int) -> Token:
    """Return the token of a tag or filter: the whole call, with what stands in its brackets."""
    if name == "event":
        return _event(expression, offset, opening)
    id_, is_name, end = _single_argument(expression, name, opening)
    if name in FILTERS:
        return Token("FILTER", (name, id_), offset, end)
    tag = Tag(cast("TagKind", name), id_, offset, is_name=is_name)
    return Token("TAG", tag, offset, end)


def closing_bracket(expression: str, opening: int) -> int:
    """Return the offset of the bracket that closes the one at ``opening``, or -1.

    Brackets in quotes do not count.
    """
    depth, quoted = 0, False
    for sign in _BRACKET_OR_QUOTE.finditer(expression, opening):
        if sign[0] in QUOTES:
            quoted = not quoted
        elif not quoted:
            depth += 1 if sign[0] == "(" else -1
            if depth == 0:
                return sign.start()
    return -1


def _single_argument(expression: str, name: str, opening: int) -> tuple[str, bool, int]:
    """Return the id or the name in quotes, whether it is a name, and where the call ends."""
    call = _ARGUMENT.match(expression, opening + 1) or _QUOTED_ARGUMENT.match(
        expression, opening + 1
    )
    start = skip(expression, opening + 1)
    example = f"for example {name}({EXAMPLES[name]})"
    if not call:
        closed = ")" in expression[opening:]
        fail(
            expression,
            start if closed else opening,
            *(("bad-id", f"{name}() takes one id", example) if closed else NEVER_CLOSED),
        )
    if not call[1].strip():
        fail(expression, start, "missing-term", f"{name}() needs an id", example)
    is_quoted = call.re is _QUOTED_ARGUMENT
    if is_quoted and name in TAGS and words_of(call[1]):
        return " ".join(call[1].split()), True, call.end()
    if is_quoted or not _ID.fullmatch(call[1]):
        _fail_id(expression, start, name, call[1])
    return call[1], False, call.end()


def _fail_id(expression: str, offset: int, name: str, written: str) -> NoReturn:
    id_ = _to_id(written) or EXAMPLES[name]
    by_name = name in TAGS and name != "event" and " " in written.strip()
    quoted = f' or {name}("{" ".join(written.split())}")' if by_name else ""
    fail(
        expression,
        offset,
        "bad-id",
        f"{name}() takes an id: lower-case letters, digits and hyphens",
        f"did you mean {name}({id_}){quoted}?",
    )


def _to_id(written: str) -> str:
    return "-".join(word.key for word in words_of(written))


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two commas of an event, without blanks around it."""

    text: str
    offset: int


def _event(expression: str, offset: int, opening: int) -> Token:
    closing = closing_bracket(expression, opening)
    if closing < 0:
        fail(expression, opening, *NEVER_CLOSED)
    first, *pieces = _pieces(expression, opening + 1, closing)
    if not first.text:
        example = f"for example event({EXAMPLES['event']})"
        fail(expression, first.offset, "missing-term", "event() needs an id", example)
    if not _ID.fullmatch(first.text):
        _fail_id(expression, first.offset, "event", first.text)
    arguments, given = EventArguments(), set[str]()
    for piece in pieces:
        name, value = _named_argument(expression, piece)
        if name in given:
            _fail(expression, piece.offset, f"{name}= is there twice", "leave one of them out")
        given.add(name)
        if name == "status":
            arguments = replace(arguments, status=_status(expression, value))
        elif name == "who":
            arguments = replace(arguments, agent=_party(expression, "who", value))
        else:
            arguments = replace(arguments, target=_party(expression, "to", value))
    return Token("TAG", Tag("event", first.text, offset, arguments), offset, closing + 1)


def _pieces(expression: str, start: int, end: int) -> Iterator[_Piece]:
    """Yield what stands between the commas that are in no inner bracket and in no quotes."""
    depth, quoted, begin = 0, False, start
    for sign in re.finditer(rf"[(),{QUOTES}]|\Z", expression[start:end]):
        at = start + sign.start()
        if sign[0] and sign[0] in QUOTES:
            quoted = not quoted
        elif at == end or (sign[0] == "," and not depth and not quoted):
            first = min(skip(expression, begin), at)
            yield _Piece(expression[first:at].rstrip(), first)
            begin = at + 1
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(sign[0], 0)


def _named_argument(expression: str, piece: _Piece) -> tuple[str, _Piece]:
    """Return the name of an argument, and its value."""
    written = _NAMED.match(piece.text)
    if not written:
        _fail(
            expression,
            piece.offset,
            f"{piece.text[:40] or 'nothing'} is no argument of event(): they have names",
            f"write {_guess_argument(piece.text)}",
        )
    name, sign = written[1], written[2]
    if name not in _ARGUMENTS:
        meant = _OTHER_ARGUMENTS.get(name.lower()) or _nearest(name.lower(), _ARGUMENTS)
        _fail(
            expression,
            piece.offset,
            f"event() has no argument {name[:40]}",
            f"did you mean {meant}=?" if meant else "it has status=, who= and to=",
        )
    if sign != "=":
        at = piece.offset + written.start(2)
        _fail(expression, at, f"{sign} is not an operator here", f"write {name}=…")
    value = _Piece(piece.text[written.end() :], piece.offset + written.end())
    if not value.text:
        example = "status=any" if name == "status" else f"{name}=country(prk)"
        _fail(expression, value.offset, f"{name}= needs a value", f"for example {example}")
    return name, value


def _guess_argument(text: str) -> str:
    """Return how a value without a name may have been meant."""
    status = _meant_status(text.lower())
    if status:
        return f"status={status}"
    return f"who={text}" if _PARTY.match(text) else "status=denied, who=actor(…) or to=country(…)"


def _status(expression: str, value: _Piece) -> EventStatus:
    status = next((status for status in STATUSES if status == value.text), None)
    if status is None:
        meant = _meant_status(value.text.lower())
        _fail(
            expression,
            value.offset,
            f"{value.text[:40]} is not a status",
            f"did you mean status={meant}?" if meant else f"one of {', '.join(STATUSES)}",
        )
    return status


def _meant_status(text: str) -> str:
    return _OTHER_STATUSES.get(text) or _nearest(text, STATUSES)


def _nearest(text: str, names: tuple[str, ...]) -> str:
    return did_you_mean(text, list(names)).removeprefix("did you mean ").removesuffix("?")


def _party(expression: str, name: str, value: _Piece) -> Tag:
    call = _PARTY.match(value.text)
    if not call:
        meant = _to_id(value.text.partition("(")[2].rstrip(")") or value.text)
        kind = "country" if _COUNTRY_CODE.fullmatch(meant) else "actor"
        _fail(
            expression,
            value.offset,
            f"{name}= takes actor(…) or country(…)",
            f"did you mean {name}={kind}({meant or EXAMPLES[kind]})?",
        )
    kind, opening = cast("TagKind", call[1]), value.offset + call.end() - 1
    id_, is_name, end = _single_argument(expression, kind, opening)
    if end < value.offset + len(value.text):
        message = f"{name}= takes one actor(…) or country(…)"
        _fail(expression, skip(expression, end), message, "write one event() for each, with OR")
    return Tag(kind, id_, value.offset, is_name=is_name)


def _fail(expression: str, offset: int, message: str, suggestion: str) -> NoReturn:
    fail(expression, offset, "bad-argument", message, suggestion)
