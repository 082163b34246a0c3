"""Step 5b: the paragraphs that are surely in another language than the article.

Precision comes first: what is too short to tell, or not clear, stays with the article. On 353 pages in one language each (6 800 paragraphs) none
is taken for foreign; docs/decisions/2026-11-27-paragraph-languages.md has what is found of paragraphs that were put among others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.text.language import UNDETERMINED, likely
from shared.messages.schemas import LanguageSpan

SURE: Final = 0.9
SHORTEST_BYTES: Final = 80
"""Of letters: some twelve words where a letter takes one byte, two dozen letters where it takes three. Quotes and lines of names are shorter."""
_SAMPLE_CHARACTERS: Final = 160
_MAIN_SHARE: Final = 0.5
_SHARED_WORDS: Final = 0.3
"""A paragraph with so many of its small words in common with those before it needs no model: other languages share a sixth at most."""
_ALIKE: Final = (
    "no nn da",
    "id ms jv",
    "zu xh ss",
    "hr bs sr",
    "en pcm",
    "zh yue",
    "ar ary arz",
    "pt gl",
    "cs sk",
    "fa ps",
    "uz uzs",
)
"""Languages that a paragraph does not tell apart: one of them is not foreign in another."""
_FAMILY: Final = {
    language: frozenset(group.split()) for group in _ALIKE for language in group.split()
}


def mark_foreign(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``foreign``; where most of the body is surely in another language than its beginning, that one is the article's."""
    told = list(_told(draft))
    main, confidence = _main(draft, told)
    foreign = tuple(one for one in told if one.language not in alike(main))
    return replace(draft, language=main, language_confidence=confidence, foreign=foreign)


def alike(language: str) -> frozenset[str]:
    """The language and those that are hardly told from it."""
    return _FAMILY.get(language, frozenset((language,)))


def _told(draft: ArticleDraft) -> Iterator[LanguageSpan]:
    """The paragraphs whose language is sure."""
    known: set[str] = set()
    for span in draft.paragraphs:
        sample = draft.body[span.start : min(span.end, span.start + _SAMPLE_CHARACTERS)]
        if len(sample.encode("utf-8", "replace")) < SHORTEST_BYTES:
            continue
        words = set(filter(str.islower, sample.split()))
        language, confidence = draft.language, 1.0
        if len(words & known) < max(1.0, _SHARED_WORDS * len(words)):
            language, confidence = _asked(sample)
        if confidence >= SURE:
            yield LanguageSpan(
                start=span.start, end=span.end, language=language, confidence=confidence
            )
            if language in alike(draft.language):
                known |= words


def _asked(sample: str) -> tuple[str, float]:
    """The language with those like it, and how sure that is; not at all where there are too few letters."""
    if len("".join(filter(str.isalpha, sample)).encode("utf-8", "replace")) < SHORTEST_BYTES:
        return UNDETERMINED, 0.0
    found = likely(sample)
    language = max(found, key=found.__getitem__)
    return language, round(sum(found.get(one, 0.0) for one in alike(language)), 4)


def _main(draft: ArticleDraft, told: Iterable[LanguageSpan]) -> tuple[str, float]:
    """The article's language and confidence."""
    letters: Counter[str] = Counter()
    for one in told:
        letters[one.language] += one.end - one.start
    own = sum(letters[language] for language in alike(draft.language))
    language, most = letters.most_common(1)[0] if letters else (UNDETERMINED, 0)
    if most <= max(own, _MAIN_SHARE * len(draft.body)):
        return draft.language, draft.language_confidence
    return language, min(one.confidence for one in told if one.language == language)
