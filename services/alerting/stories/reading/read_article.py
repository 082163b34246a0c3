"""An article → its headline and sentences as stories compare them, and its terms as a whole."""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date
from functools import cached_property
from typing import Final

from services.alerting.stories.article import StoryArticle
from services.alerting.stories.publisher_notes import corrects, without_note
from services.alerting.stories.reading.credits import credit_start, dateline_length
from services.alerting.stories.reading.figures.figure import Figure
from services.alerting.stories.reading.read_sentence import (
    ReadSentence,
    TaggedSpan,
    Unit,
    read_sentence,
)
from services.alerting.stories.reading.roles import introduced_words, speaker_names
from services.alerting.stories.reading.sketch import sketch
from shared.messages.schemas import FieldName, Span

MAX_SENTENCES: Final = 60
"""More are not read: what is news stands before."""
OPENING_SENTENCES: Final = 6
MAX_CHARACTERS: Final = 2_000
"""Of a sentence: a longer one is a list or no prose, and is read that far."""
_NAMES: Final = frozenset({"a:", "c:", "n:"})
_LEAD_UNITS: Final = 5
_SMALL_WORD: Final = re.compile(r"\b[a-zß-öø-ÿ]{3,}\b")
_SMALL_WORDS_IN: Final = 1_500
"""How many characters of the body say whether a word with a capital is a name."""
_PREFIXES: Final = {"actor": "a:", "country": "c:", "event": "e:"}


@dataclass(frozen=True, slots=True)
class EventSlot:
    """What headline and lead report: words without names, names, places, days and figures."""

    words: frozenset[str]
    names: frozenset[str]
    places: frozenset[str]
    days: frozenset[date]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class ReadArticle:
    """An article as stories compare it; ``sentences`` are those of the body, in order."""

    article: StoryArticle
    headline: ReadSentence
    sentences: tuple[ReadSentence, ...]
    notes: frozenset[int]
    """The numbers of the sentences in which the publisher corrects an earlier text."""

    @property
    def published_on(self) -> date:
        """The day of publication in UTC."""
        return self.article.published_at.astimezone(UTC).date()

    @cached_property
    def opening(self) -> "ReadArticle":
        """The article without all but its first sentences: what it is about stands there.

        A long text shares words, names and days with anything.
        """
        if len(self.sentences) <= OPENING_SENTENCES:
            return self
        return replace(self, sentences=self.sentences[:OPENING_SENTENCES])

    @cached_property
    def lead(self) -> ReadSentence:
        """The first sentence that says something; the headline if none does."""
        reporting = (
            sentence
            for number, sentence in enumerate(self.sentences)
            if len(sentence.units) >= _LEAD_UNITS and number not in self.notes
        )
        return next(reporting, self.headline)

    @cached_property
    def all_terms(self) -> dict[str, float]:
        """Each term with a weight that grows with the number of times it stands."""
        counts = Counter(
            term
            for part in (self.headline, *self.sentences)
            for unit in part.units
            for term in _main_terms(unit)
        )
        return {term: 1 + math.log(count) for term, count in counts.items()}

    @cached_property
    def lead_terms(self) -> dict[str, float]:
        """Likewise the terms of headline and lead."""
        parts = (self.headline, self.lead)
        counts = Counter(
            term for part in parts for unit in part.units for term in _main_terms(unit)
        )
        return dict.fromkeys(counts, 1.0)

    @cached_property
    def slot(self) -> EventSlot:
        """What the article reports first."""
        terms = frozenset(self.lead_terms)
        names = frozenset(term for term in terms if term[:2] in _NAMES)
        return EventSlot(
            frozenset(term for term in terms - names if term[0] != "#"),
            names,
            self.headline.places | self.lead.places,
            self.headline.days | self.lead.days,
            self.headline.figures + self.lead.figures,
        )

    @cached_property
    def core_event(self) -> tuple[Unit, ...]:
        """The words of the headline that the lead has too, names left out: what happened."""
        words = tuple(unit for unit in self.headline.units if unit[0][0] in "kw")
        lead = self.lead.alternatives
        return tuple(unit for unit in words if not lead.isdisjoint(unit)) or words

    @cached_property
    def alternatives(self) -> frozenset[str]:
        """Every term that a unit of the article may stand for."""
        return frozenset().union(*(p.alternatives for p in (self.headline, *self.sentences)))

    @cached_property
    def names(self) -> frozenset[str]:
        """The actors and other names."""
        return frozenset().union(*(part.names for part in (self.headline, *self.sentences)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of headline and body as they are written, in lower case."""
        return frozenset().union(*(part.words for part in (self.headline, *self.sentences)))

    @cached_property
    def introduced(self) -> frozenset[str]:
        """The words behind "a" in headline and lead: what is not yet known to the reader."""
        return introduced_words(self.headline.words) | introduced_words(self.lead.words)

    @cached_property
    def subject_names(self) -> frozenset[str]:
        """The own names without those of speakers, who speak of many events."""
        parts = (self.headline, *self.sentences)
        return self.own_names.difference(*(speaker_names(part.words) for part in parts))

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The names of neither known actors nor leaders; of German, every noun may be one."""
        parts = (self.headline, *self.sentences)
        units = (unit for part in parts for unit in part.units if unit[0][0] != "a")
        names = frozenset(term for unit in units for term in unit if term[:2] == "n:")
        return names - frozenset().union(*(part.leaders for part in parts))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of headline and body."""
        return tuple(f for part in (self.headline, *self.sentences) for f in part.figures)

    @cached_property
    def figure_values(self) -> frozenset[float]:
        """The values of the figures, whatever they count."""
        return frozenset(figure.value for figure in self.figures)

    @cached_property
    def days(self) -> frozenset[date]:
        """The days that headline and body name."""
        return frozenset().union(*(part.days for part in (self.headline, *self.sentences)))

    @cached_property
    def runs(self) -> tuple[int, ...]:
        """The sketch of the body."""
        return sketch([word for sentence in self.sentences for word in sentence.words])


def read_article(article: StoryArticle) -> ReadArticle:
    """Read an article; sentences beyond ``MAX_SENTENCES`` are left out."""
    published_at = article.published_at.astimezone(UTC)
    headline = without_note(article.headline)
    shift = len(article.headline) - len(headline)
    spans = _spans(article)
    sentences = article.sentences[:MAX_SENTENCES]
    dateline = dateline_length(article.body)
    small_words = frozenset(_SMALL_WORD.findall(article.body, 0, _SMALL_WORDS_IN))
    read = tuple(
        read_sentence(
            _without_notes(article.body[span.start : span.end], dateline - span.start),
            span,
            published_at,
            _inside(spans["body"], span),
            article.language,
        )
        for span in sentences
    )
    whole = Span(start=shift, end=len(article.headline))
    return ReadArticle(
        article,
        read_sentence(
            headline[:MAX_CHARACTERS],
            whole,
            published_at,
            _inside(spans["headline"], whole),
            article.language,
            is_headline=True,
            small_words=small_words,
        ),
        read,
        frozenset(
            number
            for number, span in enumerate(sentences)
            if corrects(article.body[span.start : span.end])
        ),
    )


def _without_notes(text: str, dateline: int) -> str:
    """Return a sentence with blanks in the place of its dateline, and without a credit behind."""
    text = text[:MAX_CHARACTERS]
    text = text[: credit_start(text)]
    return " " * dateline + text[dateline:] if 0 < dateline < len(text) else text


def _spans(article: StoryArticle) -> defaultdict[FieldName, list[TaggedSpan]]:
    """Return the tags of each field that are terms of their own: actors and countries."""
    spans: defaultdict[FieldName, list[TaggedSpan]] = defaultdict(list)
    for tag in article.tags:
        if tag.kind != "event":
            spans[tag.field].append(TaggedSpan(tag.start, tag.end, _PREFIXES[tag.kind] + tag.id))
    return spans


def _inside(spans: list[TaggedSpan], window: Span) -> list[TaggedSpan]:
    """Return the spans that begin inside a window, counted from its start."""
    return [
        TaggedSpan(span.start - window.start, span.end - window.start, span.term)
        for span in spans
        if window.start <= span.start < window.end
    ]


def _main_terms(unit: tuple[str, ...]) -> tuple[str, ...]:
    """Return the terms by which whole articles are compared: of a name only the first."""
    return unit if unit[0][0] in "kw" else unit[:1]
