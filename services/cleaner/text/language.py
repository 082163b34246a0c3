"""Step 5: identify the language of the body, with a confidence between 0 and 1.

An answer is right at least as often as its confidence says (measured on 353 pages). A script that
only one language is written in decides by itself (Hangul, kana, Thai …): its confidence is a half
plus its share of the letters. Otherwise py3langid's naive Bayes over byte n-grams decides, with
normalised scores (ngrams.py). Where that is unsure, the language that the feed or manifest states
is taken.
"""

import re
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft

UNDETERMINED: Final = "und"
"""ISO 639-2: the language cannot be determined."""
_SAMPLE_CHARACTERS: Final = 500
"""The languages of 353 pages in a dozen languages are the same by 500 characters as by 4 000, which
take five times as long."""
_SURE: Final = 0.6
_ENOUGH: Final = 0.3
"""A Japanese text has at least this share of kana, a Korean one of Hangul, beside Han and Latin."""
_DECIDED: Final = 0.5
_ONE_LANGUAGE: Final = (
    ("ko", re.compile("[\u1100-\u11ff\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
)
_OTHER_SCRIPT: Final = re.compile("[\u0370-\U0010ffff]")
"""Beyond Latin: most texts need not be searched for each script."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_TAG: Final = re.compile(r"[a-z]{2,3}")


def identify_language(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``language`` (ISO 639, lower case) and ``language_confidence``."""
    language, confidence = detect_language(f"{draft.headline}\n{draft.body}")
    provenance = "text"
    in_item = draft.extraction.language
    stated = _TAG.match((in_item or draft.raw.language or "").lower())
    if confidence < _SURE and stated:
        language, provenance = stated.group(), "wire" if in_item else draft.raw.origin
    identified = replace(draft, language=language, language_confidence=confidence)
    return identified.with_evidence(language=provenance)


def detect_language(text: str) -> tuple[str, float]:
    """Return language and confidence of the text's beginning; ("und", 0.0) without letters."""
    likely = language_probabilities(text)
    language = max(likely, key=likely.__getitem__)
    return language, round(likely[language], 4)


def language_probabilities(text: str) -> dict[str, float]:
    """Return the languages that the text's beginning may be in, each with its confidence."""
    sample = text[:_SAMPLE_CHARACTERS]
    if not _LETTER.search(sample):
        return {UNDETERMINED: 0.0}
    if _OTHER_SCRIPT.search(sample):
        letters = len(_LETTER.findall(sample))
        for language, script in _ONE_LANGUAGE:
            share = len(script.findall(sample)) / letters
            if share >= _ENOUGH:
                return {language: min(1.0, _DECIDED + share)}
    # It brings numba and a model, and a text whose language is given needs neither.
    from services.cleaner.text.ngrams import probabilities  # noqa: PLC0415

    return probabilities(sample)
