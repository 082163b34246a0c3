"""Find the unknown names in one article, each with the signs that it is an actor."""

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
from services.tagger.scan.candidate_spans import FieldScan, Mask, scan_article
from services.tagger.scan.normalise import normalise_name
from shared.messages.schemas import CleanArticle, TaggedArticle

EXAMPLE_CHARACTERS: Final = 240
_SAYS: Final = (
    r"(?:said|says|say|told|tells|added|adds|announced|argued|asked|called|confirmed|denied"
    r"|insisted|noted|tweeted|warned|wrote|writes|explained|recalled)\b"
)
_SPEAKS: Final = re.compile(rf"['’]?s?(?:, [^.;\n]{{1,80}},)? (?:also |has |had |later )?{_SAYS}")
_SAID: Final = re.compile(rf"\b{_SAYS} \Z")
_AGE: Final = re.compile(r" ?[,(] ?(?:aged )?\d{1,2}[,).]")
_ROLE: Final = re.compile(
    r", (?:the|a|an|who|whose|its|his|her|their|chief|director|president|head|professor|then"
    r"|former)\b[^.;\n]{0,80}?"
    r"\b(?:minister|leader|president|director|officer|secretary|spokes\w+|analyst|professor|editor"
    r"|founder|head|chair\w*|ambassador|envoy|adviser|executive|lawyer|author|lawmaker|senator"
    r"|commander|general|expert|researcher|manager|coach|owner|partner|candidate|fellow|was|is|has"
    r"|had|served|works?|led|leads)\b"
)
_THE: Final = re.compile(r"\b[Tt]he \Z")
_PLACE: Final = re.compile(r"\b(?:in|at|near|outside|around|across|of) \Z")
_STAFF: Final = re.compile(
    r"\b(?:[Rr]eporting|[Ee]diting|[Ww]riting|[Pp]hotos?|[Pp]hotographs?|[Ii]llustrations?"
    r"|[Ii]mages?)(?: by)?:? [^.;\n]{0,60}\Z"
)
_THING: Final = re.compile(r"\b(?:[Tt]he|[Aa]n?|[Ii]ts|[Yy]our|[Mm]y|[Oo]ur|new|an?) \Z")
_INITIAL: Final = re.compile(r"(?:[^\W\d_]\.)+ ")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


_Occurrence = tuple[FieldScan, Run]


class Sign(StrEnum):
    """What suggests that a name is an actor's, as shown to people."""

    TITLE = "a title"
    SPEAKS = "speaks"
    AGE = "an age"
    ROLE = "a role"
    NAMESAKE = "a first name that known people have"
    AGAIN = "the surname alone later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An unknown name in one article.

    Of its ``times`` occurrences, ``the`` are after "the" and ``places`` after a word like "in".
    """

    name: str
    times: int
    signs: frozenset[Sign]
    titles: tuple[str, ...]
    the: int
    places: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSightings:
    """What one article adds.

    ``beside``: the known actors it names; ``small``: the words it writes with a small letter.
    """

    article: str
    source: str
    beside: frozenset[str]
    sightings: tuple[Sighting, ...]
    small: Counter[str]


def find_sightings(tagged: TaggedArticle, gazetteer: Gazetteer) -> ArticleSightings:
    """Find the unknown names of an article. Pure."""
    clean = tagged.article
    single_words, names = dict[str, list[_Occurrence]](), dict[str, list[_Occurrence]]()
    for scan, run in _occurrences(tagged, gazetteer):
        if " " not in run.name:
            single_words.setdefault(run.name, []).append((scan, run))
        elif " " in _INITIAL.sub("", run.name) and not _is_after(scan, run, _STAFF, 100):
            names.setdefault(run.name, []).append((scan, run))
    return ArticleSightings(
        article=clean.article_id,
        source=clean.source,
        beside=frozenset(actor.actor for actor in tagged.actors),
        sightings=tuple(
            _sighting(name, occurrences, _alone(name, single_words), first_names(gazetteer))
            for name, occurrences in names.items()
        ),
        small=_small_words(clean),
    )


def _occurrences(tagged: TaggedArticle, gazetteer: Gazetteer) -> Iterable[_Occurrence]:
    clean = tagged.article
    if clean.language in NOUNS_WITH_CAPITALS:
        return
    for scan in scan_article(clean, gazetteer.finder):
        for run in _runs_with_titles(scan, tagged, gazetteer):
            yield scan, run


def _runs_with_titles(
    scan: FieldScan, tagged: TaggedArticle, gazetteer: Gazetteer
) -> Iterable[Run]:
    """Yield the runs of a field; one directly after an office has it as its title."""
    mentions = [mention for mention in tagged.mentions if mention.field == scan.field]
    listed = scan.name_mask.with_spans(
        [*mentions, *scan.spans(NameKind.STOP_NAME, NameKind.OTHER_BODY)]
    )
    offices = Mask(len(scan.text.plain), scan.spans(NameKind.OFFICE, NameKind.OFFICE_OF))
    for run in find_runs(scan, listed, gazetteer):
        is_after_office = run.start > 1 and offices.is_covered(run.start - 2, run.start - 1)
        if is_after_office and not run.title:
            yield run._replace(title=_office_before(scan, run.start))
        else:
            yield run


def _office_before(scan: FieldScan, start: int) -> str:
    starts = [
        span.start
        for span in scan.spans(NameKind.OFFICE, NameKind.OFFICE_OF)
        if span.end == start - 1
    ]
    return scan.text.plain[min(starts) : start - 1] if starts else ""


def _alone(name: str, single_words: Mapping[str, list[_Occurrence]]) -> list[_Occurrence]:
    """Return where the surname is alone: the last word, or the first if the family name is first.

    Empty where the word is a thing: the Pro.
    """
    words = name.split()
    occurrences = single_words.get(words[-1]) or single_words.get(words[0]) or []
    if any(_is_after(scan, run, _THING, 6) for scan, run in occurrences):
        return []
    return occurrences


def _is_after(scan: FieldScan, run: Run, pattern: re.Pattern[str], reach: int) -> bool:
    """Return whether the pattern matches in the ``reach`` characters before the run."""
    return pattern.search(scan.text.plain, max(0, run.start - reach), run.start) is not None


def _sighting(
    name: str,
    occurrences: list[_Occurrence],
    alone: list[_Occurrence],
    first_names: frozenset[str],
) -> Sighting:
    everywhere = (*occurrences, *alone)
    signs = {sign for scan, run in everywhere for sign in _signs(scan, run)}
    signs |= {Sign.AGAIN} if alone else set()
    if normalise_name(name.split(maxsplit=1)[0]) in first_names:
        signs.add(Sign.NAMESAKE)
    with_signs = (occurrence for occurrence in occurrences if any(_signs(*occurrence)))
    return Sighting(
        name=name,
        times=len(everywhere),
        signs=frozenset(signs),
        titles=tuple(sorted({run.title for _scan, run in everywhere if run.title})),
        the=sum(_is_after(scan, run, _THE, 5) for scan, run in occurrences),
        places=sum(_is_after(scan, run, _PLACE, 9) for scan, run in occurrences),
        example=_example(*next(with_signs, occurrences[0])),
    )


def _signs(scan: FieldScan, run: Run) -> Iterable[Sign]:
    plain = scan.text.plain
    if run.title:
        yield Sign.TITLE
    if _SPEAKS.match(plain, run.end) or _is_after(scan, run, _SAID, 12):
        yield Sign.SPEAKS
    if _AGE.match(plain, run.end):
        yield Sign.AGE
    if _ROLE.match(plain, run.end):
        yield Sign.ROLE


@lru_cache(maxsize=1)
def first_names(gazetteer: Gazetteer) -> frozenset[str]:
    """Return the first words of known people's names, normalised.

    First names, and family names that come first.
    """
    return frozenset(
        normalise_name(name.split()[0])
        for actor in gazetteer.actors.values()
        for name in (actor.name, *actor.names)
        if " " in name
    )


def _example(scan: FieldScan, run: Run) -> str:
    """Return the sentence around a name on one line, shortened to a limit.

    Characters that a terminal would interpret are replaced by spaces.
    """
    plain = scan.text.plain
    sentence = scan.sentences.around(run.start, run.end)
    is_near = sentence.start >= run.start - EXAMPLE_CHARACTERS
    start = sentence.start if is_near else max(0, run.start - EXAMPLE_CHARACTERS // 2)
    stop = min(sentence.stop, len(plain))
    end = min(stop, max(run.end, start + EXAMPLE_CHARACTERS))
    printable = "".join(letter if letter.isprintable() else " " for letter in plain[start:end])
    text = " ".join(printable.split())
    return text if end == stop else f"{text}…"


def _small_words(clean: CleanArticle) -> Counter[str]:
    words = (*_WORD.findall(clean.deck), *_WORD.findall(clean.body))
    return Counter({word for word in words if word.islower()})
