"""An article as rules see it: the words of headline and body, and where the tagger found whom."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.alerting.language.words import SegmentedText, segment_text
from shared.messages.schemas import FieldName, TaggedArticle
from shared.text.sentences import stated_sentences


class WordSpan(NamedTuple):
    """Words ``first`` to ``last`` (both inclusive, from 0) of a field, and the code points ``start`` to ``end`` (exclusive) that they take."""

    field: FieldName
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article prepared for evaluation; ``tags`` are stretches by clause, such as ``actor(kim-jong-un)``, in text order."""

    headline: SegmentedText
    body: SegmentedText
    tags: Mapping[str, tuple[WordSpan, ...]]
    source: str
    language: str

    def field(self, name: FieldName) -> SegmentedText:
        """The headline or the body."""
        return self.headline if name == "headline" else self.body


def prepare(article: TaggedArticle) -> Document:
    """Read a tagged article's words once, for any number of rules."""
    clean = article.article
    headline = segment_text(clean.headline, one_sentence=True)
    body = segment_text(clean.body, sentences=stated_sentences(clean))
    found: defaultdict[str, set[WordSpan]] = defaultdict(set)
    for name, field, start, end in tag_spans(article):
        stretch = covering_span(headline if field == "headline" else body, field, start, end)
        if stretch:
            found[name].add(stretch)
    return Document(
        headline=headline,
        body=body,
        tags=sort_spans(found),
        source=clean.source,
        language=clean.language,
    )


def sort_spans(found: Mapping[str, Iterable[WordSpan]]) -> dict[str, tuple[WordSpan, ...]]:
    """Each clause's stretches in text order, the headline first."""
    return {
        name: tuple(sorted(set(stretches), key=text_order))
        for name, stretches in sorted(found.items())
    }


def text_order(stretch: WordSpan) -> tuple[bool, int, int]:
    """What stretches are sorted by: the headline first, then where they begin and end."""
    return stretch.field == "body", stretch.start, stretch.end


def covering_span(text: SegmentedText, field: FieldName, start: int, end: int) -> WordSpan | None:
    """The stretch of the words that the code points touch; None where they touch no word."""
    first = bisect_right(text.words, start, key=lambda word: word.end)
    last = bisect_left(text.words, end, key=lambda word: word.start) - 1
    return WordSpan(field, first, last, start, end) if first <= last else None


def tag_spans(article: TaggedArticle) -> Iterator[tuple[str, FieldName, int, int]]:
    """Everything a rule can ask for by id. An office is found where it is named and where whoever holds it on the article's date is."""
    holds = {actor.actor: [held.office for held in actor.offices] for actor in article.actors}
    for mention in article.mentions:
        offices = {mention.office, *holds.get(mention.actor or "", [])} - {None}
        names = [f"office({office})" for office in offices] + (
            [f"actor({mention.actor})"] if mention.actor else []
        )
        yield from ((name, mention.field, mention.start, mention.end) for name in names)
    for country in article.countries:
        yield f"country({country.iso3.lower()})", country.field, country.start, country.end
    for event in article.events:
        if not event.negated:
            yield f"event({event.event})", event.field, event.start, event.end
    for keyword in article.keywords:
        yield f"keyword({keyword.keyword})", keyword.field, keyword.start, keyword.end
