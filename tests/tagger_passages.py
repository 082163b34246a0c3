"""Passages with marked names (tests/passages/tagger): read them, and count what the tagger finds right."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.messages.schemas import (
    CleanArticle,
    CountryMention,
    FieldName,
    Mention,
    TaggedArticle,
    TimeSource,
)

FOLDER: Final = Path(__file__).parent / "passages" / "tagger"
_BLOCK: Final = re.compile(
    r"^== (?P<id>\S+) \| (?P<day>\S+) \| (?P<kind>.+)\n(?:H: (?P<headline>.*)\n)?", re.MULTILINE
)
_MARK: Final = re.compile(r"[\[{<]|\|[^\]}>]*[\]}]|>")

Place = tuple[FieldName, int, int]


@dataclass(slots=True)
class Gold:
    """What a passage's marks say, by place: ``mentions`` gives the actor (None: open), the candidates and the office."""

    mentions: dict[Place, tuple[str | None, tuple[str, ...], str | None]] = field(
        default_factory=dict
    )
    countries: set[tuple[Place, str]] = field(default_factory=set)
    metonyms: set[tuple[Place, str]] = field(default_factory=set)
    decoys: list[Place] = field(default_factory=list)
    either: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: the article without marks, and what they say."""

    id: str
    kind: str
    article: CleanArticle
    gold: Gold


def load_passages(path: Path) -> Iterator[Passage]:
    """The passages of a file. ValueError names the passage whose marks do not close."""
    text = path.read_text("utf-8")
    blocks = list(_BLOCK.finditer(text))
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        gold = Gold()
        marked = text[block.end() : following.start() if following else len(text)].strip()
        try:
            headline, body = (
                _unmark("headline", block["headline"] or "", gold),
                _unmark("body", marked, gold),
            )
        except IndexError:
            raise ValueError(f"{path.name}: {block['id']}: a mark does not close") from None
        yield Passage(
            block["id"], block["kind"], _article(block["id"], headline, body, block["day"]), gold
        )


def score_passages(
    passages: Iterable[Passage], gazetteer: Gazetteer
) -> Iterator[tuple[Passage, Counter[str], list[str]]]:
    """For each passage the counts (``mentions right``, ``mentions found`` …), and a line for each mistake."""
    for passage in passages:
        tagged = tag(passage.article, gazetteer)
        wrong: list[str] = []
        yield (
            passage,
            _mentions(passage, tagged, wrong)
            + _countries(passage, tagged, wrong)
            + _decoys(passage, tagged, wrong),
            wrong,
        )


def f1(counts: Counter[str], what: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of ``mentions`` or ``countries``."""
    right, found, marked = (counts[f"{what} {part}"] for part in ("right", "found", "marked"))
    precision, recall = right / found if found else 1.0, right / marked if marked else 1.0
    return (
        precision,
        recall,
        2 * precision * recall / (precision + recall) if precision + recall else 0.0,
    )


def _mentions(passage: Passage, tagged: TaggedArticle, wrong: list[str]) -> Counter[str]:
    found = {
        (mention.field, mention.start, mention.end): (
            mention.actor,
            mention.ambiguous,
            mention.office,
        )
        for mention in tagged.mentions
        if mention.kind != "organisation"
    }
    marked = passage.gold.mentions
    right = {place for place, said in marked.items() if found.get(place) == said}
    wrong += [
        f"mention {_at(passage, place)}: {found.get(place, 'not found')}, marked {marked.get(place, 'nothing')}"
        for place in sorted((found.keys() | marked.keys()) - right)
    ]
    offices = {place for place, said in marked.items() if said[2]}
    return Counter(
        {
            "mentions right": len(right),
            "mentions found": len(found),
            "mentions marked": len(marked),
            "offices right": len(right & offices),
            "offices marked": len(offices),
        }
    )


def _countries(passage: Passage, tagged: TaggedArticle, wrong: list[str]) -> Counter[str]:
    either = set(passage.gold.either)
    found = {
        ((country.field, country.start, country.end), country.iso3) for country in tagged.countries
    } - {
        ((country.field, country.start, country.end), country.iso3)
        for country in tagged.countries
        if (country.field, country.start, country.end) in either
    }
    metonyms = {
        ((country.field, country.start, country.end), country.iso3)
        for country in tagged.countries
        if country.metonym
    }
    marked = passage.gold.countries
    for place, iso3 in sorted(found ^ marked):
        wrong.append(
            f"country {_at(passage, place)}: {iso3} {'is not marked' if (place, iso3) in found else 'not found'}"
        )
    return Counter(
        {
            "countries right": len(found & marked),
            "countries found": len(found),
            "countries marked": len(marked),
            "metonyms right": len(metonyms & passage.gold.metonyms),
            "metonyms marked": len(passage.gold.metonyms),
        }
    )


def _decoys(passage: Passage, tagged: TaggedArticle, wrong: list[str]) -> Counter[str]:
    hit = 0
    for field_, start, end in passage.gold.decoys:
        everything: list[Mention | CountryMention] = [*tagged.mentions, *tagged.countries]
        over = [
            one for one in everything if one.field == field_ and one.start < end and start < one.end
        ]
        hit += bool(over)
        wrong += [
            f"decoy {_at(passage, (field_, start, end))}: taken for {getattr(one, 'iso3', None) or one}"
            for one in over[:1]
        ]
    return Counter({"decoys hit": hit, "decoys marked": len(passage.gold.decoys)})


def _at(passage: Passage, place: Place) -> str:
    text = passage.article.headline if place[0] == "headline" else passage.article.body
    return f"{passage.id} {text[max(0, place[1] - 25) : place[1]]!r} {text[place[1] : place[2]]!r}"


def _unmark(field_: FieldName, marked: str, gold: Gold) -> str:
    plain, at, opened = "", 0, []
    for mark in _MARK.finditer(marked):
        plain += marked[at : mark.start()]
        at = mark.end()
        if mark[0] in "[{<":
            opened.append(len(plain))
        else:
            _note(gold, mark[0], (field_, opened.pop(), len(plain)))
    if opened:
        raise IndexError
    return plain + marked[at:]


def _note(gold: Gold, mark: str, place: Place) -> None:
    said = mark[1:-1]
    if mark == ">":
        gold.decoys.append(place)
    elif mark[-1] == "]":
        actor, _, office = said.partition("@")
        candidates = tuple(actor[1:].split(",")) if actor.startswith("?") else ()
        gold.mentions[place] = (
            None if candidates or actor == "-" else actor,
            candidates,
            office or None,
        )
    elif said == "?":
        gold.either.append(place)
    else:
        gold.countries |= {(place, iso3) for iso3 in said.lstrip("*").split("+")}
        if said.startswith("*"):
            gold.metonyms.add((place, said[1:]))


def _article(id_: str, headline: str, body: str, day: str) -> CleanArticle:
    return CleanArticle(
        article_id=id_,
        revision="",
        uri=f"urn:passage:{id_}",
        source="passages",
        headline=headline,
        body=body,
        language="en",
        language_confidence=1.0,
        event_time=datetime.fromisoformat(day).replace(tzinfo=UTC),
        event_time_source=TimeSource.MANIFEST,
        content_sha256="",
        signature=(),
        paragraphs=(),
        sentences=(),
    )
