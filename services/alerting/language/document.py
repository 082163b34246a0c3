"""An article as rules see it: the words of headline and body, and the tagger's spans."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shared.messages.schemas import FieldName, TaggedArticle
from shared.text.sentences import sentences_in_message
from shared.text.words import SegmentedText, segment_text


class WordSpan(NamedTuple):
    """Words ``first`` to ``last`` of a field, inclusive, and the code points that they take.

    ``start`` to ``end`` counts from 0, its end is exclusive.
    """

    field: FieldName
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article prepared for evaluation.

    ``tags`` are spans by clause, such as ``actor(kim-jong-un)``, in text order.
    """

    headline: SegmentedText
    body: SegmentedText
    tags: Mapping[str, tuple[WordSpan, ...]]
    source: str
    language: str

    def field(self, name: FieldName) -> SegmentedText:
        """Return the headline or the body."""
        return self.headline if name == "headline" else self.body


def prepare(article: TaggedArticle) -> Document:
    """Find the words and tags of an article once, for any number of rules."""
    clean = article.article
    headline = segment_text(clean.headline, one_sentence=True, language=clean.language)
    body = segment_text(clean.body, sentences=sentences_in_message(clean), language=clean.language)
    spans: defaultdict[str, set[WordSpan]] = defaultdict(set)
    for name, field, start, end in tag_spans(article):
        span = covering_span(headline if field == "headline" else body, field, start, end)
        if span:
            spans[name].add(span)
    return Document(
        headline=headline,
        body=body,
        tags=sort_spans(spans),
        source=clean.source,
        language=clean.language,
    )


def sort_spans(spans: Mapping[str, Iterable[WordSpan]]) -> dict[str, tuple[WordSpan, ...]]:
    """Return the spans of each clause in text order, the headline first, without duplicates."""
    return {
        name: tuple(sorted(set(of_clause), key=text_order))
        for name, of_clause in sorted(spans.items())
    }


def text_order(span: WordSpan) -> tuple[bool, int, int]:
    """Return the sort key of a span: the headline first, then where it begins and ends."""
    return span.field == "body", span.start, span.end


def covering_span(text: SegmentedText, field: FieldName, start: int, end: int) -> WordSpan | None:
    """Return the span of the words that the code points touch, or None if they touch no word."""
    first = bisect_right(text.words, start, key=lambda word: word.end)
    last = bisect_left(text.words, end, key=lambda word: word.start) - 1
    return WordSpan(field, first, last, start, end) if first <= last else None


def tag_spans(article: TaggedArticle) -> Iterator[tuple[str, FieldName, int, int]]:
    """Yield everything that a rule can name by id, with its place.

    An office stands where it is named, and where the person is who holds it on the article's date.
    """
    holds = {actor.actor: [term.office for term in actor.offices] for actor in article.actors}
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
