"""Step 5b: mark the paragraphs that are certainly in another language than the article.

Precision comes first: a paragraph that is too short, or not clear, counts as the article's. On 353
pages in one language each (6 800 paragraphs) no paragraph is taken for foreign;
docs/decisions/2026-11-27-paragraph-languages.md says how many of those put among others are found.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.text.language import UNDETERMINED, language_probabilities
from shared.messages.schemas import LanguageSpan

SURE: Final = 0.9
MIN_BYTES: Final = 80
"""Of letters: some twelve words where a letter takes one byte, two dozen letters where it takes
three. Quotes and lines of names are shorter."""
_SAMPLE_CHARACTERS: Final = 160
_MAIN_SHARE: Final = 0.5
_SHARED_WORDS: Final = 0.3
"""A paragraph that shares so many of its lower-case words with those before it needs no model:
paragraphs in other languages share a sixth at most."""
_ALIKE: Final = (
    *("no nn da", "id ms jv", "zu xh ss", "hr bs sr", "en pcm", "zh yue", "ar ary arz", "pt gl"),
    *("cs sk", "fa ps", "uz uzs"),
)
"""Languages that a paragraph does not tell apart: none of them is foreign in another."""
_FAMILY: Final = {
    language: frozenset(group.split()) for group in _ALIKE for language in group.split()
}


def mark_foreign(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``foreign``.

    If most of the body is certainly in another language than its beginning, that language becomes
    the article's.
    """
    spans = list(_certain_languages(draft))
    main, confidence = _main_language(draft, spans)
    own = similar_languages(main)
    foreign = tuple(span for span in spans if span.language not in own)
    return replace(draft, language=main, language_confidence=confidence, foreign=foreign)


def similar_languages(language: str) -> frozenset[str]:
    """Return the language and those that can hardly be told from it."""
    return _FAMILY.get(language, frozenset((language,)))


def _certain_languages(draft: ArticleDraft) -> Iterator[LanguageSpan]:
    """Yield the paragraphs whose language is certain."""
    own_words: set[str] = set()
    for span in draft.paragraphs:
        sample = draft.body[span.start : min(span.end, span.start + _SAMPLE_CHARACTERS)]
        if len(sample.encode("utf-8", "replace")) < MIN_BYTES:
            continue
        words = set(filter(str.islower, sample.split()))
        language, confidence = draft.language, 1.0
        if len(words & own_words) < max(1.0, _SHARED_WORDS * len(words)):
            language, confidence = _detect_family(sample)
        if confidence >= SURE:
            yield LanguageSpan(
                start=span.start, end=span.end, language=language, confidence=confidence
            )
            if language in similar_languages(draft.language):
                own_words |= words


def _detect_family(sample: str) -> tuple[str, float]:
    """Return the likeliest language, and the confidence that it or a similar one is right.

    A sample with too few letters is undetermined.
    """
    letters = "".join(filter(str.isalpha, sample))
    if len(letters.encode("utf-8", "replace")) < MIN_BYTES:
        return UNDETERMINED, 0.0
    likely = language_probabilities(sample)
    language = max(likely, key=likely.__getitem__)
    confidence = sum(likely.get(similar, 0.0) for similar in similar_languages(language))
    return language, round(confidence, 4)


def _main_language(draft: ArticleDraft, spans: Iterable[LanguageSpan]) -> tuple[str, float]:
    """Return the article's language and confidence."""
    letters: Counter[str] = Counter()
    for span in spans:
        letters[span.language] += span.end - span.start
    own = sum(letters[language] for language in similar_languages(draft.language))
    language, count = letters.most_common(1)[0] if letters else (UNDETERMINED, 0)
    if count <= max(own, _MAIN_SHARE * len(draft.body)):
        return draft.language, draft.language_confidence
    return language, min(span.confidence for span in spans if span.language == language)
