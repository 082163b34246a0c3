"""The weight of terms at one moment, and sums of it."""

import math
from collections.abc import Callable, Collection, Container, Iterable, Mapping

from services.alerting.stories.reading.read_sentence import Unit


class Rarities(dict[str, float]):
    """Each term's rarity, computed when it is first needed."""

    def __init__(self, rarity_of: Callable[[str], float]) -> None:
        super().__init__()
        self._rarity_of = rarity_of

    def __missing__(self, term: str) -> float:
        self[term] = weight = self._rarity_of(term)
        return weight

    def total(self, terms: Iterable[str]) -> float:
        """Return the sum of the terms' weights."""
        return sum(self[term] for term in terms)

    def share(self, terms: Collection[str], within: Container[str]) -> float:
        """Return how much of the terms' weight is within, from 0 to 1."""
        whole = self.total(terms)
        return self.total(term for term in terms if term in within) / whole if whole else 0.0

    def of_unit(self, unit: Unit) -> float:
        """Return a unit's weight: that of its most common alternative for words."""
        return (
            self[unit[0]]
            if len(unit) == 1 or unit[0][0] != "k"
            else min(map(self.__getitem__, unit))
        )

    def cosine(self, left: Mapping[str, float], right: Mapping[str, float]) -> float:
        """Return the cosine of two bags of terms, from 0 to 1."""
        if len(left) > len(right):
            left, right = right, left
        product = sum(
            count * right[term] * self[term] ** 2 for term, count in left.items() if term in right
        )
        return product / (self._norm(left) * self._norm(right)) if product else 0.0

    def _norm(self, terms: Mapping[str, float]) -> float:
        return math.sqrt(sum((count * self[term]) ** 2 for term, count in terms.items()))
