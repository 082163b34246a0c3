"""How well decisions fit staged stories."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.alerting.stories.decision import StoryDecision
from training.stories.staged import StagedArticle


@dataclass(frozen=True)
class StoryScores:
    """Shares from 0 to 1; ``merged`` are the true stories that share one."""

    precision: float
    recall: float
    merged: tuple[tuple[str, ...], ...]
    kind: float
    message: float
    news: float

    @property
    def bcubed(self) -> float:
        """The BCubed F1 (Bagga and Baldwin 1998)."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def score(staged: Sequence[StagedArticle], decisions: Sequence[StoryDecision]) -> StoryScores:
    """Compare the decisions on the articles with what is true."""
    pairs = list(zip(staged, decisions, strict=True))
    precision, recall = bcubed([(a.story, d.story_id) for a, d in pairs])
    return StoryScores(
        precision=precision,
        recall=recall,
        merged=merged_stories([(a.story, d.story_id) for a, d in pairs]),
        kind=sum(a.kind is d.kind for a, d in pairs) / len(pairs),
        message=f1((a.kind.is_news, d.kind.is_news) for a, d in pairs),
        news=f1(
            (span in a.news, span in spans)
            for a, d in pairs
            for spans in [{(span.start, span.end) for span in d.news}]
            for span in a.news | spans
        ),
    )


def bcubed(labels: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Return precision and recall; labels are pairs of the true story and the one decided."""
    both, true, decided = Counter(labels), Counter[str](), Counter[str]()
    for story, label in labels:
        true[story] += 1
        decided[label] += 1
    precision = sum(both[pair] / decided[pair[1]] for pair in labels) / len(labels)
    return precision, sum(both[pair] / true[pair[0]] for pair in labels) / len(labels)


def merged_stories(labels: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Return the true stories that were put into one, the most articles first."""
    by_label: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for story, label in labels:
        by_label[label][story] += 1
    return tuple(
        tuple(story for story, _ in counts.most_common())
        for counts in by_label.values()
        if len(counts) > 1
    )


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """Return the F1 of pairs of what is true and what was decided."""
    counts = Counter(pairs)
    hits = 2 * counts[True, True]
    whole = hits + counts[True, False] + counts[False, True]
    return hits / whole if whole else 1.0
