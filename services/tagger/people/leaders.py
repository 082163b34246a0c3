"""Whether a bare surname refers to a country's leader, by what is in the same sentence.

The country or another leader must be there. Wires write "a letter from North Korea's Kim" and
"Trump says Kim wants peace" of one Kim only, whoever of that name is quoted further down.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.terms import is_in_office
from services.tagger.scan.automaton import NameKind
from services.tagger.scan.breaks import Sentences
from services.tagger.scan.candidate_spans import FieldScan, SpanLike

_OF_COUNTRIES: Final = (
    NameKind.COUNTRY,
    NameKind.DEMONYM,
    NameKind.RELATIVE,
    NameKind.METONYM,
)

Starts = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class LeaderContext:
    """What may support a leader in a field: its sentences, and countries and leaders by position.

    All are in order, so a surname is looked up by bisection and a text of nothing but surnames
    takes no longer than others.
    """

    sentences: Sentences
    countries: Starts
    leaders: Starts

    @classmethod
    def from_scan(
        cls, scan: FieldScan, mentions: Iterable[tuple[SpanLike, str]], gazetteer: Gazetteer
    ) -> Self:
        """Index a field; ``mentions`` are the spans and ids of the actors it names."""
        return cls(
            sentences=scan.sentences,
            countries=_starts(
                (span, name.owner) for span in scan.spans(*_OF_COUNTRIES) for name in span.names
            ),
            leaders=_starts(
                (span, actor) for span, actor in mentions if gazetteer.actors[actor].leader
            ),
        )


def infer_leader(
    surname: str, span: SpanLike, context: LeaderContext, day: date, gazetteer: Gazetteer
) -> str | None:
    """Return the leader in office to whom the surname refers, if any.

    None where no leader or several have the surname, or nothing in the sentence supports one.
    """
    leaders = [
        actor for actor in gazetteer.leaders.get(surname, ()) if is_in_office(actor, day, gazetteer)
    ]
    if len(leaders) != 1:
        return None
    leader, sentence = leaders[0], context.sentences.around(span.start, span.end)
    has_country = _has_any_in(sentence, context.countries.get(gazetteer.actors[leader].country, ()))
    has_other_leader = any(
        _has_any_in(sentence, starts)
        for actor, starts in context.leaders.items()
        if actor != leader
    )
    return leader if has_country or has_other_leader else None


def _starts(spans: Iterable[tuple[SpanLike, str]]) -> Starts:
    starts: defaultdict[str, list[int]] = defaultdict(list)
    for span, owner in spans:
        starts[owner].append(span.start)
    return {owner: sorted(positions) for owner, positions in starts.items()}


def _has_any_in(sentence: range, starts: Sequence[int]) -> bool:
    first = bisect_left(starts, sentence.start)
    return first < len(starts) and starts[first] < sentence.stop
