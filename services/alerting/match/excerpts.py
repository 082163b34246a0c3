"""The sentences of an article that show why a rule fired, with the matched words marked."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from services.alerting.language.document import Document
from services.alerting.language.evaluate import MatchedSpan
from shared.messages.schemas import Excerpt, FieldName, Span
from shared.text.spans import clip_spans, merge_spans

MAX_EXCERPTS: Final = 3
MAX_CHARACTERS: Final = 320
_CUT: Final = "…"
_LINES: Final = str.maketrans("\r\n\t\x0b\x0c\x85\u2028\u2029", " " * 8)


def excerpts(hits: Iterable[MatchedSpan], document: Document) -> tuple[Excerpt, ...]:
    """Return at most three sentences, those that show the most clauses, in text order.

    Each is cut to 320 characters around its matches.
    """
    by_sentence: defaultdict[tuple[FieldName, int], list[MatchedSpan]] = defaultdict(list)
    for hit in hits:
        by_sentence[hit.field, document.field(hit.field).words[hit.first].sentence].append(hit)
    best = sorted(
        by_sentence,
        key=lambda place: (
            -len({hit.clause for hit in by_sentence[place]}),
            place[0] == "body",
            place[1],
        ),
    )[:MAX_EXCERPTS]
    return tuple(
        _excerpt(document, place, by_sentence[place])
        for place in sorted(best, key=lambda place: (place[0] == "body", place[1]))
    )


def _excerpt(document: Document, place: tuple[FieldName, int], hits: list[MatchedSpan]) -> Excerpt:
    name, number = place
    text = document.field(name)
    sentence = text.sentences[number]
    marks = merge_spans(Span(start=hit.start, end=hit.end) for hit in hits)
    sentence = Span(start=sentence.start, end=max(sentence.end, marks[0].end))
    window = _window(text.text, sentence, marks[0])
    head = _CUT if window.start > sentence.start else ""
    tail = _CUT if window.end < sentence.end else ""
    return Excerpt(
        field=name,
        text=head + text.text[window.start : window.end].translate(_LINES) + tail,
        marks=tuple(clip_spans(marks, window, offset=len(head))),
    )


def _window(text: str, sentence: Span, first: Span) -> Span:
    """Return as much of the sentence as fits, with its first mark in it, cut at blanks."""
    room = MAX_CHARACTERS - 2 * len(_CUT)
    if sentence.end - sentence.start <= MAX_CHARACTERS:
        return sentence
    start = (
        sentence.start
        if first.end - sentence.start <= room
        else max(sentence.start, first.start - room // 4)
    )
    if start > sentence.start:
        start = _after_blank(text, start, first.start)
    end = min(sentence.end, start + room)
    if end < sentence.end:
        blank = max(text.rfind(" ", first.end, end), text.rfind("\n", first.end, end))
        end = blank if blank > first.end else end
    return Span(start=start, end=end)


def _after_blank(text: str, start: int, limit: int) -> int:
    blanks = [blank_at for sign in " \n" if (blank_at := text.find(sign, start, limit)) >= 0]
    return min(blanks) + 1 if blanks else start
