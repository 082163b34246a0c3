"""One article → the unknown names in it, each with what speaks for an actor."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.propose.runs import NOUNS_WITH_CAPITALS, Run, find_runs
from services.tagger.scan.automaton import NameKind
from services.tagger.scan.candidate_spans import FieldScan, Mask, scan_field
from services.tagger.scan.normalise import normalise_name
from shared.messages.schemas import CleanArticle, TaggedArticle
from shared.text.sentences import stated_sentences

EXAMPLE_CHARACTERS: Final = 240
_SAYS: Final = (
    r"(?:said|says|say|told|tells|added|adds|announced|argued|asked|called|confirmed|denied|insisted|noted|tweeted|warned|wrote|writes|explained|"
    r"recalled)\b"
)
_SPEAKS: Final = re.compile(rf"['’]?s?(?:, [^.;\n]{{1,80}},)? (?:also |has |had |later )?{_SAYS}")
_SAID: Final = re.compile(rf"\b{_SAYS} \Z")
_AGE: Final = re.compile(r" ?[,(] ?(?:aged )?\d{1,2}[,).]")
_ROLE: Final = re.compile(
    r", (?:the|a|an|who|whose|its|his|her|their|chief|director|president|head|professor|then|former)\b[^.;\n]{0,80}?"
    r"\b(?:minister|leader|president|director|officer|secretary|spokes\w+|analyst|professor|editor|founder|head|chair\w*|ambassador|envoy|adviser|executive|"
    r"lawyer|author|lawmaker|senator|commander|general|expert|researcher|manager|coach|owner|partner|candidate|fellow|was|is|has|had|served|works?|led|leads)\b"
)
_THE: Final = re.compile(r"\b[Tt]he \Z")
_PLACE: Final = re.compile(r"\b(?:in|at|near|outside|around|across|of) \Z")
_STAFF: Final = re.compile(
    r"\b(?:[Rr]eporting|[Ee]diting|[Ww]riting|[Pp]hotos?|[Pp]hotographs?|[Ii]llustrations?|[Ii]mages?)(?: by)?:? [^.;\n]{0,60}\Z"
)
_A_THING: Final = re.compile(r"\b(?:[Tt]he|[Aa]n?|[Ii]ts|[Yy]our|[Mm]y|[Oo]ur|new|an?) \Z")
_INITIAL: Final = re.compile(r"(?:[^\W\d_]\.)+ ")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


_At = tuple[FieldScan, Run]


class Sign(StrEnum):
    """What speaks for an actor, as it is told to people."""

    TITLE = "a title"
    SPEAKS = "speaks"
    AGE = "an age"
    ROLE = "a role"
    NAMESAKE = "a first name that known people have"
    AGAIN = "the surname alone later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An unknown name in one article. ``the`` and ``places``: of ``times``, how often it stands after the, and after a word like in."""

    name: str
    times: int
    signs: frozenset[Sign]
    titles: tuple[str, ...]
    the: int
    places: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSightings:
    """What one article adds: ``beside`` are the known actors it names; ``small`` the words that it writes with a small letter."""

    article: str
    source: str
    beside: frozenset[str]
    sightings: tuple[Sighting, ...]
    small: Counter[str]


def find_sightings(tagged: TaggedArticle, gazetteer: Gazetteer) -> ArticleSightings:
    """The unknown names of an article. Pure."""
    clean = tagged.article
    scans = [
        scan_field("headline", clean.headline, gazetteer.finder),
        scan_field("body", clean.body, gazetteer.finder, stated_sentences(clean)),
    ]
    found = (
        []
        if clean.language in NOUNS_WITH_CAPITALS
        else [(one, run) for one in scans for run in _runs(one, tagged, gazetteer)]
    )
    alone, together = dict[str, list[_At]](), dict[str, list[_At]]()
    for one, run in found:
        if " " not in run.name:
            alone.setdefault(run.name, []).append((one, run))
        elif " " in _INITIAL.sub("", run.name) and not _STAFF.search(
            one.text.plain, max(0, run.start - 100), run.start
        ):
            together.setdefault(run.name, []).append((one, run))
    return ArticleSightings(
        article=clean.article_id,
        source=clean.source,
        beside=frozenset(actor.actor for actor in tagged.actors),
        sightings=tuple(
            _sighting(name, places, _alone(name, alone), first_names(gazetteer))
            for name, places in together.items()
        ),
        small=_small(clean),
    )


def _runs(one: FieldScan, tagged: TaggedArticle, gazetteer: Gazetteer) -> Iterable[Run]:
    mentions = [mention for mention in tagged.mentions if mention.field == one.field]
    taken = one.listed.with_places([*mentions, *one.of(NameKind.DECOY, NameKind.OTHER_BODY)])
    titles = Mask(len(one.text.plain), one.of(NameKind.OFFICE, NameKind.OFFICE_OF))
    for run in find_runs(one, taken, gazetteer):
        office = run.start > 1 and titles.is_all_taken(run.start - 2, run.start - 1)
        yield (
            run._replace(title=_office_before(one, run.start)) if office and not run.title else run
        )


def _office_before(one: FieldScan, start: int) -> str:
    ends = [
        found for found in one.of(NameKind.OFFICE, NameKind.OFFICE_OF) if found.end == start - 1
    ]
    return one.text.plain[min(found.start for found in ends) : start - 1] if ends else ""


def _alone(name: str, alone: Mapping[str, list[_At]]) -> list[_At]:
    """Where the last or, family name first, the first word of a name stands alone; nowhere where that is a thing: the Pro."""
    words = name.split()
    places = alone.get(words[-1]) or alone.get(words[0]) or []
    return (
        []
        if any(
            _A_THING.search(one.text.plain, max(0, run.start - 6), run.start) for one, run in places
        )
        else places
    )


def _sighting(name: str, places: list[_At], alone: list[_At], known: frozenset[str]) -> Sighting:
    signs = {sign for one, run in (*places, *alone) for sign in _signs(one.text.plain, run)}
    signs |= {Sign.AGAIN} if alone else set()
    signs |= {Sign.NAMESAKE} if normalise_name(name.split(maxsplit=1)[0]) in known else set()
    return Sighting(
        name=name,
        times=len(places) + len(alone),
        signs=frozenset(signs),
        titles=tuple(sorted({run.title for _one, run in (*places, *alone) if run.title})),
        the=sum(
            bool(_THE.search(one.text.plain, max(0, run.start - 5), run.start))
            for one, run in places
        ),
        places=sum(
            bool(_PLACE.search(one.text.plain, max(0, run.start - 9), run.start))
            for one, run in places
        ),
        example=_example(
            *next((at for at in places if any(_signs(at[0].text.plain, at[1]))), places[0])
        ),
    )


def _signs(plain: str, run: Run) -> Iterable[Sign]:
    if run.title:
        yield Sign.TITLE
    if _SPEAKS.match(plain, run.end) or _SAID.search(plain, max(0, run.start - 12), run.start):
        yield Sign.SPEAKS
    if _AGE.match(plain, run.end):
        yield Sign.AGE
    if _ROLE.match(plain, run.end):
        yield Sign.ROLE


@lru_cache(maxsize=1)
def first_names(gazetteer: Gazetteer) -> frozenset[str]:
    """What the names of known people begin with, folded: first names, and family names that come first."""
    return frozenset(
        normalise_name(name.split()[0])
        for actor in gazetteer.actors.values()
        for name in (actor.name, *actor.names)
        if " " in name
    )


def _example(one: FieldScan, run: Run) -> str:
    """The sentence around a name, on one line, of a bounded length, with nothing in it that a terminal would obey."""
    plain = one.text.plain
    sentence = one.sentences.around(run.start, run.end)
    is_near = sentence.start >= run.start - EXAMPLE_CHARACTERS
    start = sentence.start if is_near else max(0, run.start - EXAMPLE_CHARACTERS // 2)
    stop = min(sentence.stop, len(plain))
    end = min(stop, max(run.end, start + EXAMPLE_CHARACTERS))
    text = " ".join(
        "".join(letter if letter.isprintable() else " " for letter in plain[start:end]).split()
    )
    return text if end == stop else f"{text}…"


def _small(clean: CleanArticle) -> Counter[str]:
    return Counter({word for word in _WORD.findall(clean.body) if word.islower()})
