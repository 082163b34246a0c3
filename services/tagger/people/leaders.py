"""Whether a bare surname means a country's leader, because of what stands in the same sentence: the country, or another leader.

Wires write "a letter from North Korea's Kim" and "Trump says Kim wants peace" of one Kim only, whoever of that name is quoted further down.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.office_terms import is_in_office
from services.tagger.scan.automaton import NameKind
from services.tagger.scan.breaks import Sentences
from services.tagger.scan.candidate_spans import FieldScan, SpanLike

_OF_COUNTRIES: Final = (NameKind.COUNTRY, NameKind.DEMONYM, NameKind.RELATIVE, NameKind.METONYM)

Starts = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class LeaderContext:
    """What may speak for a leader in a field: its sentences, and where countries and leaders are named.

    All in order, so that each surname is looked up and a text of nothing but surnames takes no longer than others.
    """

    sentences: Sentences
    countries: Starts
    leaders: Starts

    @classmethod
    def of(
        cls, scan: FieldScan, named: Iterable[tuple[SpanLike, str]], gazetteer: Gazetteer
    ) -> Self:
        """``named``: those who are named in the field, with their places."""
        return cls(
            sentences=scan.sentences,
            countries=_starts(
                (found, name.owner) for found in scan.of(*_OF_COUNTRIES) for name in found.names
            ),
            leaders=_starts(
                (place, actor) for place, actor in named if gazetteer.actors[actor].leader
            ),
        )

    def sentence(self, place: SpanLike) -> range:
        """Return the offsets of the sentence in which the place lies."""
        return self.sentences.around(place.start, place.end)


def infer_leader(
    surname: str, place: SpanLike, beside: LeaderContext, day: date, gazetteer: Gazetteer
) -> str | None:
    """The leader in office; None where the surname is no leader's, several have it, or nothing beside it speaks for one."""
    leaders = [
        actor for actor in gazetteer.leaders.get(surname, ()) if is_in_office(actor, day, gazetteer)
    ]
    if len(leaders) != 1:
        return None
    leader, sentence = leaders[0], beside.sentence(place)
    told = _any_in(sentence, beside.countries.get(gazetteer.actors[leader].country, ()))
    met = any(
        _any_in(sentence, starts) for actor, starts in beside.leaders.items() if actor != leader
    )
    return leader if told or met else None


def _starts(found: Iterable[tuple[SpanLike, str]]) -> Starts:
    starts: defaultdict[str, list[int]] = defaultdict(list)
    for place, whose in found:
        starts[whose].append(place.start)
    return {whose: sorted(places) for whose, places in starts.items()}


def _any_in(sentence: range, starts: Sequence[int]) -> bool:
    first = bisect_left(starts, sentence.start)
    return first < len(starts) and starts[first] < sentence.stop
