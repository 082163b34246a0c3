"""An article as rules see it: the words of its three texts, and the tagger's spans and scopes."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Final, NamedTuple, get_args

from services.alerting.language.tree import EventStatus, Factuality, event_clause
from shared.messages.schemas import EventMention, FieldName, StatusScope, TaggedArticle
from shared.text.sentences import sentences_in_message
from shared.text.words import SegmentedText, segment_text

FIELDS: Final[tuple[FieldName, ...]] = get_args(FieldName)
"""The texts of an article in reading order."""
FIELD_NUMBERS: Final = {name: number for number, name in enumerate(FIELDS)}
_EMPTY: Final = segment_text("")


TagPlace = tuple[str, FieldName, int, int]
"""A clause by which a rule may name something, and the code points where it stands."""


class WordSpan(NamedTuple):
    """Words ``first`` to ``last`` of a field, inclusive, and the code points that they take.

    ``start`` to ``end`` counts from 0, its end is exclusive.
    """

    field: FieldName
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Document:
    """An article prepared for evaluation.

    ``tags`` are spans by clause, such as ``actor(kim-jong-un)``, in text order. ``event_mentions``
    are for explanations.
    """

    headline: SegmentedText
    body: SegmentedText
    tags: Mapping[str, tuple[WordSpan, ...]]
    source: str
    language: str
    deck: SegmentedText = _EMPTY
    scopes: tuple[StatusScope, ...] = ()
    event_mentions: tuple[EventMention, ...] = ()

    def field(self, name: FieldName) -> SegmentedText:
        """Return the headline, the deck or the body."""
        return self.headline if name == "headline" else self.deck if name == "deck" else self.body

    def is_outside_scopes(self, span: WordSpan, factuality: Factuality) -> bool:
        """Return whether no word of the span lies in a scope that ``factuality`` leaves out."""
        scoped = self._scoped_words.get((factuality, span.field), ())
        following = bisect_left(scoped, span.first)
        return following == len(scoped) or scoped[following] > span.last

    @cached_property
    def texts(self) -> tuple[tuple[FieldName, SegmentedText], ...]:
        """The texts that have words, in reading order."""
        texts = ((name, self.field(name)) for name in FIELDS)
        return tuple((name, text) for name, text in texts if text.starts)

    @cached_property
    def _scoped_words(self) -> Mapping[tuple[Factuality, FieldName], Sequence[int]]:
        return _find_scoped_words(self)

    def scopes_over(self, span: WordSpan, factuality: Factuality) -> Iterator[StatusScope]:
        """Yield the scopes for which ``factuality`` leaves the span out."""
        for scope in self.scopes:
            if scope.field == span.field and _is_left_out(scope, factuality):
                words = covering_span(self.field(scope.field), scope.field, scope.start, scope.end)
                if words and words.first <= span.last and span.first <= words.last:
                    yield scope


def prepare(article: TaggedArticle) -> Document:
    """Find the words and tags of an article once, for any number of rules."""
    clean = article.article
    sentences = sentences_in_message(clean)
    texts: dict[FieldName, SegmentedText] = {
        "headline": segment_text(clean.headline, one_sentence=True, language=clean.language),
        "deck": segment_text(clean.deck, language=clean.language),
        "body": segment_text(clean.body, sentences=sentences, language=clean.language),
    }
    return assemble(article, texts, tag_spans(article))


def assemble(
    article: TaggedArticle, texts: Mapping[FieldName, SegmentedText], tags: Iterable[TagPlace]
) -> Document:
    """Return the document of an article whose texts are read, with these tags."""
    spans: defaultdict[str, set[WordSpan]] = defaultdict(set)
    for clause, name, start, end in tags:
        span = covering_span(texts[name], name, start, end)
        if span:
            spans[clause].add(span)
    return Document(
        headline=texts["headline"],
        deck=texts["deck"],
        body=texts["body"],
        tags=sort_spans(spans),
        source=article.article.source,
        language=article.article.language,
        scopes=article.scopes,
        event_mentions=article.event_mentions,
    )


def sort_spans(spans: Mapping[str, Iterable[WordSpan]]) -> dict[str, tuple[WordSpan, ...]]:
    """Return the spans of each clause in text order, the headline first, without duplicates."""
    return {
        name: tuple(sorted(set(of_clause), key=text_order))
        for name, of_clause in sorted(spans.items())
    }


def text_order(span: WordSpan) -> tuple[int, int, int]:
    """Return the sort key of a span: the headline first, then where it begins and ends."""
    return FIELD_NUMBERS[span.field], span.start, span.end


def covering_span(text: SegmentedText, field: FieldName, start: int, end: int) -> WordSpan | None:
    """Return the span of the words that the code points touch, or None if they touch no word."""
    first = bisect_right(text.ends, start)
    last = bisect_left(text.starts, end) - 1
    return WordSpan(field, first, last, start, end) if first <= last else None


def tag_spans(article: TaggedArticle, events: Container[str] | None = None) -> Iterator[TagPlace]:
    """Yield everything that a rule can name by id, with its place.

    An office stands where it is named, and where the person is who holds it on the article's date.
    ``events``: the types of events to yield, if not all.
    """
    offices_of = {
        actor.actor: {term.office: None for term in actor.offices}
        for actor in article.actors
        if actor.offices
    }
    for mention in article.mentions:
        field, start, end, actor = mention.field, mention.start, mention.end, mention.actor
        offices = offices_of.get(actor, ()) if actor else ()
        if mention.office and mention.office not in offices:
            yield f"office({mention.office})", field, start, end
        for office in offices:
            yield f"office({office})", field, start, end
        if actor:
            yield f"actor({actor})", field, start, end
    for country in article.countries:
        yield f"country({country.iso3.lower()})", country.field, country.start, country.end
    for event in article.event_mentions:
        if events is not None and event.event not in events:
            continue
        for clause in event_clauses(
            event.event,
            event.status,
            (event.who, event.who_country),
            (event.to, event.to_country),
            is_reciprocal=event.reciprocal,
        ):
            yield clause, event.field, event.start, event.end
    for keyword in article.keywords:
        yield f"keyword({keyword.keyword})", keyword.field, keyword.start, keyword.end


Party = tuple[str | None, str | None]
"""The id of a party to an event, or its country's code, and its country's code."""


@lru_cache(maxsize=16_384)
def event_clauses(
    event: str, status: EventStatus | None, agent: Party, target: Party, *, is_reciprocal: bool
) -> tuple[str, ...]:
    """Return the clauses that a mention of an event satisfies: one for each way of asking for it.

    A mention whose status the tagger does not know satisfies only ``status=any``. In a reciprocal
    event, such as a meeting, either party is the agent.
    """
    statuses: tuple[EventStatus, ...] = ("any",) if status is None else (status, "any")
    sides = (_party_clauses(agent), _party_clauses(target))
    pairs = [*product(*sides), *(product(*reversed(sides)) if is_reciprocal else ())]
    return tuple(
        event_clause(event, status, *pair) for status in statuses for pair in dict.fromkeys(pairs)
    )


def _party_clauses(party: Party) -> tuple[str, ...]:
    """Return the clauses by which a rule may ask for a party to an event; nothing asks for all."""
    id_, country = party
    is_country = id_ is not None and id_.isupper()
    code = id_ if is_country else country
    return (
        "",
        *([f"actor({id_})"] if id_ and not is_country else []),
        *([f"country({code.lower()})"] if code else []),
    )


def _find_scoped_words(document: Document) -> dict[tuple[Factuality, FieldName], list[int]]:
    """Return the words of each text that a factuality leaves out, in order."""
    flags: dict[tuple[Factuality, FieldName], bytearray] = {}
    for scope in document.scopes:
        text = document.field(scope.field)
        span = covering_span(text, scope.field, scope.start, scope.end)
        for factuality in get_args(Factuality) if span else ():
            if span and _is_left_out(scope, factuality):
                marks = flags.setdefault((factuality, scope.field), bytearray(len(text.starts)))
                marks[span.first : span.last + 1] = b"\1" * (span.last + 1 - span.first)
    return {key: [i for i, mark in enumerate(marks) if mark] for key, marks in flags.items()}


def _is_left_out(scope: StatusScope, factuality: Factuality) -> bool:
    return factuality == "asserted" or scope.status == "past"
