"""Load the passages with marked names (tests/passages/tagger), and score the tagger on them."""

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
from tests.builders import build_clean_article

FOLDER: Final = Path(__file__).parent / "passages" / "tagger"
_BLOCK: Final = re.compile(
    r"^== (?P<id>\S+) \| (?P<day>\S+) \| (?P<kind>.+)\n(?:H: (?P<headline>.*)\n)?", re.MULTILINE
)
_MARK: Final = re.compile(r"[\[{<]|\|[^\]}>]*[\]}]|>")

Place = tuple[FieldName, int, int]


@dataclass(slots=True)
class Gold:
    """What a passage's marks say, by place.

    ``mentions`` gives the actor (None: ambiguous), the candidates and the office.
    """

    mentions: dict[Place, tuple[str | None, tuple[str, ...], str | None]] = field(
        default_factory=dict
    )
    countries: set[tuple[Place, str]] = field(default_factory=set)
    metonyms: set[tuple[Place, str]] = field(default_factory=set)
    decoys: list[Place] = field(default_factory=list)
    either: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: the article without marks, and what the marks say."""

    id: str
    kind: str
    article: CleanArticle
    gold: Gold


def load_passages(path: Path) -> Iterator[Passage]:
    """Yield the passages of a file. Raises ValueError for a passage whose marks do not close."""
    text = path.read_text("utf-8")
    blocks = list(_BLOCK.finditer(text))
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        gold = Gold()
        marked_body = text[block.end() : following.start() if following else len(text)].strip()
        try:
            headline = _unmark("headline", block["headline"] or "", gold)
            body = _unmark("body", marked_body, gold)
        except IndexError:
            raise ValueError(f"{path.name}: {block['id']}: a mark does not close") from None
        yield Passage(
            block["id"], block["kind"], _article(block["id"], headline, body, block["day"]), gold
        )


def score_passages(
    passages: Iterable[Passage], gazetteer: Gazetteer
) -> Iterator[tuple[Passage, Counter[str], list[str]]]:
    """Yield the counts of each passage (``mentions right`` …), and a line for each mistake."""
    for passage in passages:
        tagged = tag(passage.article, gazetteer)
        wrong: list[str] = []
        counts = _mentions(passage, tagged, wrong) + _countries(passage, tagged, wrong)
        yield passage, counts + _decoys(passage, tagged, wrong), wrong


def f1(counts: Counter[str], kind: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of ``mentions`` or ``countries``."""
    right, tagged, gold = (counts[f"{kind} {part}"] for part in ("right", "found", "marked"))
    precision, recall = right / tagged if tagged else 1.0, right / gold if gold else 1.0
    f = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f


def _mentions(passage: Passage, tagged: TaggedArticle, wrong: list[str]) -> Counter[str]:
    predicted = {
        _place(mention): (mention.actor, mention.ambiguous, mention.office)
        for mention in tagged.mentions
        if mention.kind != "organisation"
    }
    gold = passage.gold.mentions
    right = {place for place, target in gold.items() if predicted.get(place) == target}
    wrong += [
        f"mention {_excerpt(passage, place)}: {predicted.get(place, 'not found')},"
        f" marked {gold.get(place, 'nothing')}"
        for place in sorted((predicted.keys() | gold.keys()) - right)
    ]
    offices = {place for place, (_actor, _candidates, office) in gold.items() if office}
    return Counter(
        {
            "mentions right": len(right),
            "mentions found": len(predicted),
            "mentions marked": len(gold),
            "offices right": len(right & offices),
            "offices marked": len(offices),
        }
    )


def _countries(passage: Passage, tagged: TaggedArticle, wrong: list[str]) -> Counter[str]:
    predicted = {
        (_place(country), country.iso3)
        for country in tagged.countries
        if _place(country) not in passage.gold.either
    }
    metonyms = {(_place(country), country.iso3) for country in tagged.countries if country.metonym}
    gold = passage.gold.countries
    for place, iso3 in sorted(predicted ^ gold):
        mistake = "is not marked" if (place, iso3) in predicted else "not found"
        wrong.append(f"country {_excerpt(passage, place)}: {iso3} {mistake}")
    return Counter(
        {
            "countries right": len(predicted & gold),
            "countries found": len(predicted),
            "countries marked": len(gold),
            "metonyms right": len(metonyms & passage.gold.metonyms),
            "metonyms marked": len(passage.gold.metonyms),
        }
    )


def _decoys(passage: Passage, tagged: TaggedArticle, wrong: list[str]) -> Counter[str]:
    hit = 0
    tags: list[Mention | CountryMention] = [*tagged.mentions, *tagged.countries]
    for field_, start, end in passage.gold.decoys:
        for item in tags:
            if item.field == field_ and item.start < end and start < item.end:
                target = getattr(item, "iso3", None) or item
                wrong.append(f"decoy {_excerpt(passage, (field_, start, end))}: tagged as {target}")
                hit += 1
                break
    return Counter({"decoys hit": hit, "decoys marked": len(passage.gold.decoys)})


def _place(item: Mention | CountryMention) -> Place:
    return item.field, item.start, item.end


def _excerpt(passage: Passage, place: Place) -> str:
    field_, start, end = place
    text = passage.article.headline if field_ == "headline" else passage.article.body
    return f"{passage.id} {text[max(0, start - 25) : start]!r} {text[start:end]!r}"


def _unmark(field_: FieldName, text: str, gold: Gold) -> str:
    """Return the text without marks and add these to the gold. Raises IndexError."""
    plain, end, starts = "", 0, []
    for mark in _MARK.finditer(text):
        plain += text[end : mark.start()]
        end = mark.end()
        if mark[0] in "[{<":
            starts.append(len(plain))
        else:
            _add_to_gold(gold, mark[0], (field_, starts.pop(), len(plain)))
    if starts:
        raise IndexError
    return plain + text[end:]


def _add_to_gold(gold: Gold, mark: str, place: Place) -> None:
    target = mark[1:-1]
    if mark == ">":
        gold.decoys.append(place)
    elif mark[-1] == "]":
        actor, _, office = target.partition("@")
        candidates = tuple(actor[1:].split(",")) if actor.startswith("?") else ()
        gold.mentions[place] = (
            None if candidates or actor == "-" else actor,
            candidates,
            office or None,
        )
    elif target == "?":
        gold.either.append(place)
    else:
        gold.countries |= {(place, iso3) for iso3 in target.lstrip("*").split("+")}
        if target.startswith("*"):
            gold.metonyms.add((place, target[1:]))


def _article(id_: str, headline: str, body: str, day: str) -> CleanArticle:
    return build_clean_article(
        body,
        article_id=id_,
        revision="",
        uri=f"urn:passage:{id_}",
        source="passages",
        headline=headline,
        event_time=datetime.fromisoformat(day).replace(tzinfo=UTC),
        event_time_source=TimeSource.MANIFEST,
    )
