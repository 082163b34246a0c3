"""When every occurrence of one operand is an occurrence of another, or contains one."""

from services.alerting.language.occurrences import wildcard
from services.alerting.language.tree import Near, Node, Or, Term, Wild
from shared.text.words import takes_endings


def contains(specific: Node, general: Node) -> bool:
    """Return whether ``general`` occurs wherever ``specific`` does.

    So do the same term, a word of a phrase, and the wildcard of a word.
    """
    match specific, general:
        case Term(), Term():
            size = len(general.words)
            starts = range(len(specific.words) - size + 1)
            return specific.exact == general.exact and any(
                _row(specific.words[start : start + size], general.words) for start in starts
            )
        case Term(), Wild():
            return not specific.exact and any(
                _matches(word, general.pattern) for word in specific.words
            )
        case _:
            return is_covered(specific, general)


def is_covered(specific: Node, general: Node) -> bool:
    """Return whether every span of ``specific`` is a span of ``general``."""
    match specific, general:
        case Term(), Term():
            return (
                specific.exact == general.exact
                and len(specific.words) == len(general.words)
                and _row(specific.words, general.words)
            )
        case Term((word,), exact=False), Wild(pattern):
            return _matches(word, pattern)
        case Wild(), Wild():
            return specific == general or _narrower(specific.pattern, general.pattern)
        case _:
            return specific == general


def is_each_covered(specific: Node, general: Node) -> bool:
    """Return whether each alternative of ``specific`` is covered by one of ``general``."""
    return all(
        any(is_covered(part, whole) for whole in _parts(general)) for part in _parts(specific)
    )


def is_pair_covered(specific: Near, general: Near) -> bool:
    """Return whether every pair of ``specific`` is a pair of ``general``.

    Its operands and its reach must be within those of the other.
    """
    if not _reaches(specific, general):
        return False
    is_parallel = is_each_covered(specific.left, general.left) and is_each_covered(
        specific.right, general.right
    )
    return is_parallel or (
        general.unit != "in order"
        and is_each_covered(specific.left, general.right)
        and is_each_covered(specific.right, general.left)
    )


def _reaches(specific: Near, general: Near) -> bool:
    """Return whether the reach of one lies within that of the other.

    A sentence lies in one paragraph, and n words in order are n words in any order.
    """
    if general.unit in ("words", "in order"):
        return specific.unit in ("in order", general.unit) and specific.distance <= general.distance
    return specific.unit == "sentence" or specific.unit == general.unit


def _parts(operand: Node) -> tuple[Node, ...]:
    return operand.of if isinstance(operand, Or) else (operand,)


def _row(words: tuple[str, ...], row: tuple[str, ...]) -> bool:
    return all(
        word == want or (takes_endings(want) and word.startswith(want))
        for word, want in zip(words, row, strict=True)
    )


def _matches(word: str, pattern: str) -> bool:
    """Return whether every word that the rule's word matches also matches the pattern."""
    return bool(wildcard(pattern).fullmatch(word)) and (
        pattern.endswith("*") or not takes_endings(word)
    )


def _narrower(specific: str, general: str) -> bool:
    """Return whether a pattern matches only what another one, which ends in ``*``, matches."""
    stem = general.rstrip("*")
    begins = specific.rstrip("*")[: len(stem)]
    is_prefix = len(begins) == len(stem) and all(
        want in ("?", have) and (have.isalnum() or have == want)
        for have, want in zip(begins, stem, strict=True)
    )
    return general.endswith("*") and is_prefix
