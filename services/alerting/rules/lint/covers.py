"""When every occurrence of one operand is an occurrence of another, or at least holds one."""

from services.alerting.language.occurrences import wildcard
from services.alerting.language.tree import Near, Node, Or, Term, Wild
from services.alerting.language.words import takes_endings


def holds(one: Node, other: Node) -> bool:
    """Whether wherever ``one`` stands ``other`` stands, too: the same term, a phrase and a word of it, a word and its wildcard."""
    match one, other:
        case Term(), Term():
            size = len(other.words)
            starts = range(len(one.words) - size + 1)
            return one.exact == other.exact and any(
                _row(one.words[at : at + size], other.words) for at in starts
            )
        case Term(), Wild():
            return not one.exact and any(_matches(word, other.pattern) for word in one.words)
        case _:
            return is_also(one, other)


def is_also(one: Node, other: Node) -> bool:
    """Whether every stretch of ``one`` is a stretch of ``other``."""
    match one, other:
        case Term(), Term():
            return (
                one.exact == other.exact
                and len(one.words) == len(other.words)
                and _row(one.words, other.words)
            )
        case Term((word,), exact=False), Wild(pattern):
            return _matches(word, pattern)
        case Wild(), Wild():
            return one == other or _narrower(one.pattern, other.pattern)
        case _:
            return one == other


def each_is_also(one: Node, other: Node) -> bool:
    """The same of operands: each alternative of ``one`` is one of ``other``."""
    return all(any(is_also(part, whole) for whole in _parts(other)) for part in _parts(one))


def pairs_also(one: Near, other: Near) -> bool:
    """Whether every pair of ``one`` is a pair of ``other``: its operands and its reach are within those of the other."""
    if not _reaches(one, other):
        return False
    straight = each_is_also(one.left, other.left) and each_is_also(one.right, other.right)
    return straight or (
        other.unit != "in order"
        and each_is_also(one.left, other.right)
        and each_is_also(one.right, other.left)
    )


def _reaches(one: Near, other: Near) -> bool:
    """A sentence lies in one paragraph; so many words in order are as many in any order."""
    if other.unit in ("words", "in order"):
        return one.unit in ("in order", other.unit) and one.distance <= other.distance
    return one.unit == "sentence" or one.unit == other.unit


def _parts(operand: Node) -> tuple[Node, ...]:
    return operand.of if isinstance(operand, Or) else (operand,)


def _row(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return all(
        word == want or (takes_endings(want) and word.startswith(want))
        for word, want in zip(words, wanted, strict=True)
    )


def _matches(word: str, pattern: str) -> bool:
    """Whether every word that the rule's word finds is one that the pattern finds."""
    return bool(wildcard(pattern).fullmatch(word)) and (
        pattern.endswith("*") or not takes_endings(word)
    )


def _narrower(one: str, other: str) -> bool:
    """Whether a pattern finds only what another one, which ends in ``*``, finds."""
    stem = other.rstrip("*")
    begins = one.rstrip("*")[: len(stem)]
    same = len(begins) == len(stem) and all(
        want in ("?", have) and (have.isalnum() or have == want)
        for have, want in zip(begins, stem, strict=True)
    )
    return other.endswith("*") and same
