"""Quality and speed of stories on staged ones, beside a tf-idf baseline in the same run.

A file has articles as JSON lines, each with ``gold``: its story, its kind and the spans of its new
sentences. Stories that share one are listed by name. The baseline joins the story with the most
similar article by tf-idf; its threshold is the best one on the very file, which flatters it.

Run: python -m bench.stories FILE [FILE ...] [--show]
"""

import argparse
import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from services.alerting.stories.decision import StoryDecision
from services.alerting.stories.memory import StoryMemory
from training.stories.score import StoryScores, bcubed, merged_stories, score
from training.stories.staged import StagedArticle, read_staged

THRESHOLDS = [step / 50 for step in range(2, 35)]
_WORD = re.compile(r"\w+")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--show", action="store_true", help="print each mistake")
    args = parser.parse_args()
    for path in args.files:
        staged = read_staged(path)
        memory, start = StoryMemory(), time.process_time()
        decisions = [memory.take(each.article) for each in staged]
        spent_ms = 1_000 * (time.process_time() - start) / len(staged)
        print(f"{path}: {len(staged)} articles, {len({each.story for each in staged})} stories")
        _report(score(staged, decisions), spent_ms)
        _report_baseline(staged)
        if args.show:
            _show(staged, decisions)


def _report(scores: StoryScores, spent_ms: float) -> None:
    print(
        f"  stories  BCubed P {scores.precision:.3f} R {scores.recall:.3f} F1 {scores.bcubed:.3f}"
        f" · merged {len(scores.merged)} · kind {scores.kind:.3f}"
        f" · message F1 {scores.message:.3f} · new sentences F1 {scores.news:.3f}"
        f" · {spent_ms:.1f} ms CPU an article"
    )
    for names in scores.merged:
        print(f"    in one: {', '.join(names)}")


def _report_baseline(staged: Sequence[StagedArticle]) -> None:
    best = max((_tf_idf_f1(staged, at) for at in THRESHOLDS), key=lambda result: result[0])
    print(f"  tf-idf   BCubed F1 {best[0]:.3f} · merged {best[1]}")


def _tf_idf_f1(staged: Sequence[StagedArticle], at: float) -> tuple[float, int]:
    """Return BCubed F1 and the number of merged stories at a threshold of similarity."""
    bags = [Counter(_words(each)) for each in staged]
    counts = Counter(word for bag in bags for word in bag)
    vectors = [_vector(bag, counts, len(bags)) for bag in bags]
    labels = list[tuple[str, str]]()
    for number, vector in enumerate(vectors):
        nearest = max(range(number), key=lambda n: _product(vector, vectors[n]), default=None)
        is_near = nearest is not None and _product(vector, vectors[nearest]) >= at
        label = labels[nearest][1] if is_near and nearest is not None else str(number)
        labels.append((staged[number].story, label))
    precision, recall = bcubed(labels)
    return 2 * precision * recall / (precision + recall), len(merged_stories(labels))


def _words(staged: StagedArticle) -> list[str]:
    return _WORD.findall(f"{staged.article.headline} {staged.article.body}".casefold())


def _vector(bag: Counter[str], counts: Counter[str], articles: int) -> dict[str, float]:
    weights = {w: (1 + math.log(n)) * math.log(articles / counts[w]) for w, n in bag.items()}
    norm = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
    return {word: weight / norm for word, weight in weights.items()}


def _product(left: dict[str, float], right: dict[str, float]) -> float:
    return sum(weight * right.get(word, 0.0) for word, weight in left.items())


def _show(staged: Sequence[StagedArticle], decisions: Sequence[StoryDecision]) -> None:
    firsts = dict[str, str]()
    for each, decision in zip(staged, decisions, strict=True):
        article = each.article
        true = firsts.setdefault(each.story, article.article_id)
        spans = frozenset((span.start, span.end) for span in decision.news)
        if (true, each.kind, each.news) != (decision.story_id, decision.kind, spans):
            print(f"    {article.article_id} {article.headline}")
            print(f"      {true} {each.kind} → {decision.story_id} {decision.kind}")
            for start, end in sorted(each.news ^ spans):
                sign = "missed" if (start, end) in each.news else "not new"
                print(f"      {sign}: {article.body[start:end]}")


if __name__ == "__main__":
    main()
