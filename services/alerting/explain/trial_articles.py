"""The other articles on which changes of a rule are tried: each change once on each of them."""

from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from services.alerting.explain.failure import holds
from services.alerting.language.document import Document
from services.alerting.language.tree import Node

MOST_COMPARED: Final = 300
"""Other articles on which a change is tried."""
_MOST_REMEMBERED: Final = 4_096
"""Changes whose hits are remembered: many articles miss a rule for the same reason."""


class TrialArticles:
    """Articles that changes of one rule might let in, whichever of them is being explained.

    The one that is being explained is left out of the count, so that up to ``limit`` remain.
    """

    def __init__(
        self, tree: Node, documents: Iterable[Document] = (), limit: int = MOST_COMPARED
    ) -> None:
        self._tree, self._limit = tree, limit
        self._documents = tuple(islice(documents, limit + 1))
        self._hits = lru_cache(maxsize=_MOST_REMEMBERED)(self._find_hits)

    def count_others(self, document: Document) -> int:
        """Return on how many articles besides ``document`` a change is tried."""
        return len(self._indexes_without(document))

    def has_misses(self, document: Document) -> bool:
        """Return whether the rule misses any article besides ``document``."""
        return not self._indexes_without(document).isdisjoint(self._misses)

    def count_let_in(self, changed: Node, document: Document) -> int:
        """Return how many articles besides ``document`` only the changed rule fires on."""
        return len(self._hits(changed) & self._indexes_without(document))

    def _indexes_without(self, document: Document) -> frozenset[int]:
        indexes = (i for i, other in enumerate(self._documents) if other is not document)
        return frozenset(islice(indexes, self._limit))

    @cached_property
    def _misses(self) -> frozenset[int]:
        return frozenset(i for i, each in enumerate(self._documents) if not holds(self._tree, each))

    def _find_hits(self, changed: Node) -> frozenset[int]:
        return frozenset(i for i in self._misses if holds(changed, self._documents[i]))
