"""An article from the input → a tagged article: by the tags of its line, or else by the tagger."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from services.alerting.language.document import WordSpan
from services.alerting.language.errors import LanguageError
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import Tag
from services.cleaner.plain_text import article_from_text
from services.console.inputs.article_inputs import (
    MAX_NAME_CHARACTERS,
    ArticleInput,
    Place,
    UnusableInput,
)
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.messages.schemas import (
    CleanArticle,
    CountryMention,
    EventMention,
    FieldName,
    KeywordHit,
    Mention,
    TaggedArticle,
)
from shared.text.words import SegmentedText, segment_text

UNDATED: Final = datetime(2018, 1, 1, tzinfo=UTC)
"""For commands that evaluate rules: the date of articles that state none, as in rule files."""
DEFAULT_SOURCE: Final = "try"
_CLAUSE_HINT: Final = "write actor(kim-jong-un), office(…), country(prk), keyword(…) or event(…)"

_Tag = Mention | CountryMention | KeywordHit | EventMention


def clean_from_input(article: ArticleInput, undated: datetime) -> CleanArticle:
    """Convert the input to the cleaner's output, with the input's id.

    ``undated``: the time of publication if the input states none. Raises UnusableInput.
    """
    clean = article_from_text(
        article.headline,
        article.body,
        published_at=article.published_at() or undated,
        source=DEFAULT_SOURCE if article.source is None else article.source,
        language=article.language or None,
        namespace="test",
        deck=article.deck,
    )
    return replace(clean, article_id=str(article.id))


def tagged_from_input(
    article: ArticleInput, gazetteer: Gazetteer, undated: datetime
) -> TaggedArticle:
    """Convert the input to the tagger's output. Raises UnusableInput, also for its tags."""
    clean = clean_from_input(article, undated)
    if article.tags is None:
        return tag(clean, gazetteer)
    texts = segment_fields(article, clean.language)
    tags = [
        _tag(clause, field, texts[field], (first, end), article.place)
        for clause, spans in sorted(article.tags.items())
        for field, first, end in sorted(spans)
    ]
    return TaggedArticle(
        article=clean,
        tagger_revision="given",
        mentions=tuple(item for item in tags if isinstance(item, Mention)),
        countries=tuple(item for item in tags if isinstance(item, CountryMention)),
        keywords=tuple(item for item in tags if isinstance(item, KeywordHit)),
        event_mentions=tuple(item for item in tags if isinstance(item, EventMention)),
    )


def segment_fields(article: ArticleInput, language: str) -> Mapping[FieldName, SegmentedText]:
    """Return the words of headline, deck and body, to which the positions of tags refer."""
    return {
        "headline": segment_text(article.headline, one_sentence=True, language=language),
        "deck": segment_text(article.deck, language=language),
        "body": segment_text(article.body, language=language),
    }


def normalise_clause(clause: str) -> str:
    """Return the tag clause as rules spell it: lower case, a blank after each comma."""
    return clause.replace(" ", "").replace(",", ", ").lower()


def to_word_span(
    clause: str, field: FieldName, text: SegmentedText, words: tuple[int, int], place: Place
) -> WordSpan:
    """Convert word positions, end exclusive. Raises UnusableInput if they are not in the field."""
    first, end = words
    if not 0 <= first < end <= len(text.starts):
        reason = f"words {first} to {end} are not in a {field} of {len(text.starts)} words"
        raise UnusableInput(place, f"{clause}: {reason}")
    return WordSpan(field, first, end - 1, text.starts[first], text.ends[end - 1])


def _tag(
    clause: str, field: FieldName, text: SegmentedText, words: tuple[int, int], place: Place
) -> _Tag:
    """Convert one tag; its offsets count code points."""
    tag = _parse_tag(normalise_clause(clause))
    if tag is None:
        reason = f"not a tag: {clause[:MAX_NAME_CHARACTERS]!r}; {_CLAUSE_HINT}"
        raise UnusableInput(place, reason)
    span = to_word_span(clause, field, text, words, place)
    start, end, kind, id_ = span.start, span.end, tag.kind, tag.id
    surface = text.text[start:end]
    if kind == "event":
        return _event_mention(tag, span, surface)
    if kind == "country":
        return CountryMention(
            field=field, start=start, end=end, surface=surface, iso3=id_.upper(), metonym=False
        )
    if kind == "keyword":
        return KeywordHit(field=field, start=start, end=end, surface=surface, keyword=id_)
    if kind == "office":
        return Mention(
            field=field, start=start, end=end, surface=surface, kind="office", office=id_
        )
    return Mention(field=field, start=start, end=end, surface=surface, kind="name", actor=id_)


def _parse_tag(clause: str) -> Tag | None:
    try:
        tree = parse(clause)
    except LanguageError:
        return None
    return tree if isinstance(tree, Tag) else None


def _event_mention(tag: Tag, span: WordSpan, surface: str) -> EventMention:
    """Return a mention that satisfies the tag; ``status=any`` is a status that nobody knows."""
    status, agent, target = tag.arguments.status, tag.arguments.agent, tag.arguments.target
    return EventMention(
        field=span.field,
        start=span.start,
        end=span.end,
        surface=surface,
        event=tag.id,
        status=None if status == "any" else status,
        reason="",
        who=_party_id(agent),
        to=_party_id(target),
    )


def _party_id(party: Tag | None) -> str | None:
    if party is None:
        return None
    return party.id.upper() if party.kind == "country" else party.id
