"""Tags that a JSON line brings along, as word positions → a tagged article as the tagger would hand it on."""

import re
from collections.abc import Mapping
from typing import Final

from services.alerting.language.words import SegmentedText, segment_text
from services.console.dry_run.match import Given
from services.console.dry_run.tag import Unusable
from shared.messages.schemas import (
    CleanArticle,
    CountryMention,
    FieldName,
    KeywordHit,
    Mention,
    TaggedArticle,
)

_TAG: Final = re.compile(r"(actor|office|country|keyword)\(([^()]+)\)")

_Tag = Mention | CountryMention | KeywordHit


def tagged_as_given(clean: CleanArticle, given: Given, where: str) -> TaggedArticle:
    """The article with the tags of its line. Raises Unusable where one is unknown or stands outside the text."""
    texts: Mapping[FieldName, SegmentedText] = {
        "headline": segment_text(clean.headline, one_sentence=True),
        "body": segment_text(clean.body),
    }
    found = [
        _tag(name, place, texts[place], first, end, where)
        for name, spans in sorted((given.tags or {}).items())
        for place, first, end in sorted(spans)
    ]
    return TaggedArticle(
        article=clean,
        tagger_revision="given",
        mentions=tuple(one for one in found if isinstance(one, Mention)),
        countries=tuple(one for one in found if isinstance(one, CountryMention)),
        keywords=tuple(one for one in found if isinstance(one, KeywordHit)),
    )


def _tag(
    name: str, field: FieldName, text: SegmentedText, first: int, end: int, where: str
) -> _Tag:
    known = _TAG.fullmatch(name.replace(" ", "").lower())
    if known is None:
        raise Unusable(
            f"{where}: no tag of a rule: {name[:60]!r}; write actor(kim-jong-un), office(…), country(prk) or keyword(…)"
        )
    if not 0 <= first < end <= len(text.words):
        raise Unusable(
            f"{where}: {name}: words {first} to {end} do not stand in a {field} of {len(text.words)} words"
        )
    kind, id_ = known.groups()
    start, stop = text.words[first].start, text.words[end - 1].end
    surface = text.text[start:stop]
    if kind == "country":
        return CountryMention(
            field=field, start=start, end=stop, surface=surface, iso3=id_.upper(), metonym=False
        )
    if kind == "keyword":
        return KeywordHit(field=field, start=start, end=stop, surface=surface, keyword=id_)
    if kind == "office":
        return Mention(
            field=field, start=start, end=stop, surface=surface, kind="office", office=id_
        )
    return Mention(field=field, start=start, end=stop, surface=surface, kind="name", actor=id_)
