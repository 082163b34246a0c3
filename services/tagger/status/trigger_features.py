"""Describe a trigger by readable features: which cues stand where, and the trigger's own form.

A feature is ``class@zone`` or ``class@zone&form``: "refusal@near&noun" is a verb of refusal at most
three words before a noun. Each is mapped to the words that made it true, which are the reason of a
verdict.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.tagger.status.cue_classes import GRAMMAR, CueClass
from services.tagger.status.cue_scan import CueScan, Hit
from services.tagger.status.event_kind import EventKind

Features = dict[str, str]
_REACH: Final = 400
"""Characters on either side of a trigger that are read, so that no text makes this slow."""
_NEAR_WORDS: Final = 3
_GOVERNOR_WORDS: Final = 8
_CHAIN_GAP: Final = re.compile(
    r"(?: (?:\w+ly|also|now|then|still|ever|even|just|soon|first|once|yet))*"
)
_DETERMINER: Final = re.compile(
    r"(?:\b(?:a|an|the|this|that|these|those|its|his|her|their|our|no|any|another|every|each|first"
    r"|second|third|fourth|fifth|sixth|last|latest|newest|new|recent|deadly|major|military|nuclear"
    r"|missile|rocket|drone|air|ballistic|bomb|of|for|over|failed|possible|potential|further|more"
    r"|on|against|in|from|with|at|by|amid|during|despite|about|into|between|two|three|four|several"
    r"|[a-z]+ian|[a-z]+ish|[a-z]+ese|korean|american|israeli|u\.s\.|eu|un"
    r"|der|die|das|den|dem|des|ein|eine|einen|einem|einer|kein|keine|keinen|le|la|les|un|une|des"
    r"|du|au|el|los|las|una|del|al|de) |'s? )\Z",
    re.IGNORECASE,
)
_IRREGULAR_FORMS: Final = """
shot struck quit fled left shook met sent blew flew took hit won lost fell broke cut held said
led began sank slew made gave withdrew rose sold bought built fought overthrew shut put paid told
found brought drew threw shrank grew spoke bore wrote became came went ran saw sat stood swore
swept set hammered tore stole dealt drove ate hid kept spread split shaken taken hidden given
driven flown sworn torn stolen beaten broken chosen frozen spoken written drawn withdrawn
overthrown fallen gone seen done
"""
_IRREGULAR: Final = frozenset(_IRREGULAR_FORMS.split())
_SCARE_QUOTE: Final = re.compile(r"[\"“„«]\Z")


class Form(NamedTuple):
    """What a trigger looks like: noun, finite verb, verb in a chain of auxiliaries, or -ing."""

    name: str
    chain: tuple[Hit, ...]


def trigger_features(cues: CueScan, start: int, end: int, kind: EventKind) -> Features:
    """Return the features of the trigger from ``start`` to ``end``, with the words of each."""
    first, last = cues.sentence(start)
    first, last = max(first, start - _REACH), min(last, end + _REACH)
    left = list(cues.hits_between(first, start))
    left = [hit for hit in left if hit.end <= start]
    right = cues.hits_between(end, last)
    form = _form(cues, left, start, end, kind)
    features: Features = {f"form={form.name}": cues.plain[start:end]}
    if cues.field == "headline":
        features[f"headline&{form.name}"] = "a headline"
    if kind.is_scheduled:
        features[f"scheduled&{form.name}"] = cues.plain[start:end]
    for hit, zone in _zones(cues, left, right, form, start, end):
        for kind_of_cue in hit.classes:
            feature = f"{kind_of_cue}@{zone}"
            features.setdefault(feature, cues.plain[hit.start : hit.end])
            features.setdefault(f"{feature}&{form.name}", cues.plain[hit.start : hit.end])
    features.update(_chain_features(cues, form, features))
    before, after = cues.plain[max(0, start - 1) : start], cues.plain[end : end + 1]
    if _SCARE_QUOTE.match(before) and after in '"”“»':
        features["scare quotes"] = "quotation marks"
    if cues.plain[first:last].rstrip().endswith("?"):
        features["a question"] = "?"
    return features


def _form(cues: CueScan, left: Sequence[Hit], start: int, end: int, kind: EventKind) -> Form:
    chain = tuple(_chain(cues, left, start))
    head = cues.plain[start:end].lower().split()[0] if cues.plain[start:end].split() else ""
    head = head.rpartition("-")[2]
    is_past = head.endswith("ed") or head in _IRREGULAR
    before = cues.plain[max(0, start - 24) : start]
    if kind.is_noun or (kind.is_noun is None and not chain and _is_noun(head, before, cues.field)):
        return Form("noun", ())
    if chain:
        return Form("chained", chain)
    if head.endswith("ing"):
        return Form("ing", ())
    return Form("finite" if is_past else "present", ())


def _is_noun(head: str, before: str, field: str) -> bool:
    """Guess a noun from the word before it; a form that no verb has is one as well."""
    if head.endswith("ed") or head in _IRREGULAR - {"cut", "hit", "shot", "split", "set"}:
        return False
    if _DETERMINER.search(before):
        return not head.endswith("ing") or " of " not in before
    if head.endswith(("tion", "sion", "ment", "ance", "ence", "summit", "talks", "fire", "ity")):
        return True
    return field != "headline" and not head.endswith("ing")


def _chain(cues: CueScan, left: Sequence[Hit], start: int) -> Iterator[Hit]:
    """Yield the auxiliaries right before a trigger, the last one first."""
    position = start
    for hit in reversed(left):
        if GRAMMAR.isdisjoint(hit.classes):
            if not _CHAIN_GAP.fullmatch(f" {cues.plain[hit.start : hit.end].lower()}"):
                return
        elif not _CHAIN_GAP.fullmatch(cues.plain[hit.end : position].rstrip().lower()):
            return
        position = hit.start
        yield hit


def _zones(
    cues: CueScan, left: Sequence[Hit], right: Sequence[Hit], form: Form, start: int, end: int
) -> Iterator[tuple[Hit, str]]:
    """Yield each cue of the sentence with its zone, seen from the trigger."""
    chain_start = min((hit.start for hit in form.chain), default=start)
    is_beyond = is_soft = has_governor = False
    for hit in reversed(left):
        if hit in form.chain:
            yield hit, "chain"
            continue
        gap = cues.plain[hit.end : chain_start].count(" ")
        if is_beyond:
            yield hit, "before"
        else:
            zone = "far" if is_soft else "near" if gap <= _NEAR_WORDS + 1 else "left"
            yield hit, zone
            if not has_governor and not is_soft and gap <= _GOVERNOR_WORDS and _governs(hit):
                has_governor = True
                yield hit, "governor"
        is_soft = is_soft or CueClass.COMMA in hit.classes
        is_beyond = is_beyond or hit.is_border
    is_beyond = is_soft = False
    for hit in right:
        is_juncture = CueClass.JUNCTURE in hit.classes
        is_beyond = is_beyond or (hit.is_border and not is_juncture)
        gap = cues.plain[end : hit.start].count(" ")
        if is_beyond:
            yield hit, "behind"
        else:
            yield hit, "beside" if is_soft else "next" if gap <= 2 else "right"
        is_soft = is_soft or is_juncture or CueClass.COMMA in hit.classes


_NO_GOVERNOR: Final = frozenset(
    {
        CueClass.COMMA,
        CueClass.BORDER,
        CueClass.THIS_WEEK,
        CueClass.WEEKDAY,
        CueClass.RECENT,
        CueClass.WEAK_SOURCE,
        CueClass.BE,
        CueClass.PAST_BE,
        CueClass.WEAK_RECENT,
    }
)


def _governs(hit: Hit) -> bool:
    return any(kind not in _NO_GOVERNOR for kind in hit.classes)


def _chain_features(cues: CueScan, form: Form, features: Features) -> Features:
    """Return the chain's composition, which is tense, aspect and mood in one.

    Also joined with each class of its governor: "said he had" is another past than "he had".
    """
    if not form.chain:
        return {}
    classes = {kind for hit in form.chain for kind in hit.classes if kind in GRAMMAR}
    words = " ".join(cues.plain[hit.start : hit.end] for hit in reversed(form.chain))
    chain = "chain=" + "+".join(sorted(classes))
    governors = [name.partition("@")[0] for name in features if name.endswith("@governor")]
    return {chain: words} | {
        f"{governor}>{chain}": features[f"{governor}@governor"] for governor in governors
    }
