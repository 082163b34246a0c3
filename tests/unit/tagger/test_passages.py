"""Quality on whole passages; `python -m bench.tagger_quality --show` lists each mistake."""

from collections import Counter
from pathlib import Path

import pytest

from services.tagger.data.gazetteer import Gazetteer
from tests.tagger_passages import FOLDER, f1, load_passages, score_passages


@pytest.mark.parametrize("path", sorted(FOLDER.glob("dev*.txt")), ids=lambda path: path.stem)
def test_passages(path: Path, gazetteer: Gazetteer) -> None:
    """People, countries, offices of the day and metonyms are right; lookalikes are not tagged."""
    total: Counter[str] = Counter()
    for _passage, counts, _wrong in score_passages(load_passages(path), gazetteer):
        total += counts
    assert f1(total, "mentions")[2] >= 0.95
    assert f1(total, "countries")[2] >= 0.95
    assert total["offices right"] >= 0.98 * total["offices marked"]
    assert total["metonyms right"] >= 0.9 * total["metonyms marked"]
    assert total["decoys hit"] <= 0.02 * total["decoys marked"]
