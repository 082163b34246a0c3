"""The sentences of an article that show why a rule fired, with the matched words marked.

The rarest clause decides an alert, so its sentence comes first: the pledge, not the country.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from services.alerting.language.document import Document
from services.alerting.language.evaluate import EvaluatedPart, MatchedSpan
from services.alerting.language.tree import (
    And,
    Near,
    Node,
    Tag,
    TagKind,
    children,
    walk,
)
from shared.messages.schemas import Excerpt, FieldName, Span
from shared.text.spans import clip_spans, merge_spans

MAX_EXCERPTS: Final = 5
MAX_CHARACTERS: Final = 320
_CUT: Final = "…"
_GAP: Final = " … "
_LINES: Final = str.maketrans("\r\n\t\x0b\x0c\x85\u2028\u2029", " " * 8)
_SHARE_OF_ARTICLES: Final[dict[TagKind, int]] = {
    "event": 1,
    "keyword": 2,
    "office": 3,
    "actor": 3,
    "country": 4,
}
"""How common tags are among articles about the same news: 0 is that of a word."""

Place = tuple[FieldName, int]
"""A field and the number of a sentence in it."""


@dataclass(frozen=True, slots=True)
class Conjunct:
    """A part that the rule requires, with its spans; ``commonness`` ranks it among the others."""

    commonness: tuple[int, int]
    by_place: Mapping[Place, Sequence[MatchedSpan]]
    needs_pair: bool


def excerpts(
    parts: Iterable[EvaluatedPart], hits: Sequence[MatchedSpan], document: Document
) -> tuple[Excerpt, ...]:
    """Return the fewest sentences that show every part that the rule requires by one of ``hits``.

    The sentence of the rarest part comes first. Each is cut to 320 characters, never inside the
    marks of the parts that it is there to show. At most five are returned.
    """
    by_place = _group_by_sentence(hits, document)
    remaining = sorted(_conjuncts(parts, hits, document), key=lambda part: part.commonness)
    chosen: list[Excerpt] = []
    while remaining and len(chosen) < MAX_EXCERPTS:
        place = _best_place(remaining)
        covered = [part for part in remaining if _is_shown(part, place)]
        covered = covered or [remaining[0]]
        remaining = [part for part in remaining if part not in covered]
        required = [span for part in covered for span in _first_marks(part, place)]
        chosen.append(_excerpt(document, place, by_place[place], required))
    return tuple(chosen)


def _conjuncts(
    parts: Iterable[EvaluatedPart], hits: Iterable[MatchedSpan], document: Document
) -> Iterator[Conjunct]:
    """Yield each part of the rule that has spans, with those of them that are in ``hits``."""
    shown = set(hits)
    for node, matched in parts:
        spans = tuple(span for span in matched if span in shown)
        if spans:
            yield Conjunct(
                (_commonness(node), len(spans)),
                _group_by_sentence(spans, document),
                isinstance(node, Near) and not node.negated,
            )


@lru_cache(maxsize=16_384)
def _commonness(node: Node) -> int:
    """Return how common a part is: as its rarest word or tag if it needs both, else the commonest.

    The kind of a tag is all that is known here; words are rarer than any tag.
    """
    ranks = [
        _SHARE_OF_ARTICLES[leaf.kind] if isinstance(leaf, Tag) else 0
        for leaf, _parent in walk(node)
        if not children(leaf)
    ]
    needs_all = any(isinstance(inner, (Near, And)) for inner, _parent in walk(node))
    return min(ranks) if needs_all else max(ranks)


def _group_by_sentence(
    hits: Iterable[MatchedSpan], document: Document
) -> dict[Place, list[MatchedSpan]]:
    by_place: defaultdict[Place, list[MatchedSpan]] = defaultdict(list)
    for hit in hits:
        sentence = document.field(hit.field).sentence_numbers[hit.first]
        by_place[hit.field, sentence].append(hit)
    return by_place


def _best_place(remaining: Sequence[Conjunct]) -> Place:
    """Return the sentence with the rarest part that shows most of the others, too.

    Of several the one with the longest phrase: the peace treaty, not the trade war. The body goes
    before the headline, which every alert shows anyway.
    """
    return min(
        remaining[0].by_place,
        key=lambda place: (
            not _is_shown(remaining[0], place),
            -sum(_is_shown(part, place) for part in remaining),
            -_longest_phrase(remaining[0], place),
            place[0] == "headline",
            place[1],
        ),
    )


def _longest_phrase(part: Conjunct, place: Place) -> int:
    """Return how many words the longest span has in a sentence; of a pair, both are needed."""
    if part.needs_pair:
        return 0
    return max(span.last - span.first + 1 for span in part.by_place[place])


def _is_shown(part: Conjunct, place: Place) -> bool:
    """Return whether a sentence shows a part: one span of it, or of a pair both."""
    return len(_first_marks(part, place)) > part.needs_pair


def _first_marks(part: Conjunct, place: Place) -> list[MatchedSpan]:
    """Return the first span of a part in a sentence, of a pair the nearest two."""
    here = part.by_place.get(place, ())
    if not part.needs_pair or len(here) < 2:
        return list(here[:1])
    left, right = min(pairwise(here), key=lambda pair: pair[1].first - pair[0].last)
    return [left, right]


def _excerpt(
    document: Document, place: Place, hits: list[MatchedSpan], required: list[MatchedSpan]
) -> Excerpt:
    name, number = place
    text = document.field(name)
    sentence = text.sentences[number]
    marks = merge_spans(Span(start=hit.start, end=hit.end) for hit in hits)
    sentence = Span(start=sentence.start, end=max(sentence.end, marks[0].end))
    required_marks = [
        mark
        for mark in marks
        if any(mark.start < hit.end and hit.start < mark.end for hit in required)
    ]
    pieces = _pieces(text.text, sentence, required_marks, marks)
    shown, shown_marks = "", []
    for i, piece in enumerate(pieces):
        shown += _GAP if i else _CUT if piece.start > sentence.start else ""
        shown_marks += clip_spans(marks, piece, offset=len(shown))
        shown += text.text[piece.start : piece.end].translate(_LINES)
    shown += _CUT if pieces[-1].end < sentence.end else ""
    return Excerpt(field=name, text=shown, marks=tuple(shown_marks))


def _pieces(text: str, sentence: Span, required_marks: list[Span], marks: list[Span]) -> list[Span]:
    """Return the parts of a sentence to show, in order: all of it, or the text around the required
    marks.

    The room that the marks leave is shared among them. Only marks that are too long together, such
    as a phrase of 320 characters, make the parts longer than that.
    """
    if sentence.end - sentence.start <= MAX_CHARACTERS:
        return [sentence]
    room = MAX_CHARACTERS - 2 * len(_CUT) - len(_GAP) * (len(required_marks) - 1)
    context = max(0, room - sum(mark.end - mark.start for mark in required_marks)) // (
        2 * len(required_marks)
    )
    spans = []
    for mark in required_marks:
        start = max(sentence.start, mark.start - context)
        end = min(sentence.end, mark.end + context)
        spans.append(
            Span(
                start=_cut_before(text, start, mark.start) if start > sentence.start else start,
                end=_cut_after(text, mark.end, end) if end < sentence.end else end,
            )
        )
    return _without_half_marks(merge_spans(spans, touching=True), marks, required_marks)


def _without_half_marks(
    pieces: list[Span], marks: list[Span], required_marks: list[Span]
) -> list[Span]:
    """Shorten pieces that end inside a mark that need not be shown."""
    whole = []
    for piece in pieces:
        start, end = piece.start, piece.end
        for mark in marks:
            if mark not in required_marks and mark.start < start < mark.end:
                start = mark.end
            if mark not in required_marks and mark.start < end < mark.end:
                end = mark.start
        whole.append(Span(start=start, end=max(start, end)))
    return whole


def _cut_before(text: str, start: int, mark: int) -> int:
    """Return the start of the first whole word after ``start``, or ``mark`` if there is none."""
    blanks = [blank_at for sign in " \n" if (blank_at := text.find(sign, start, mark)) >= 0]
    return min(blanks) + 1 if blanks else start


def _cut_after(text: str, mark: int, end: int) -> int:
    """Return the end of the last whole word before ``end``."""
    blank = max(text.rfind(sign, mark, end) for sign in " \n")
    return blank if blank > mark else end
