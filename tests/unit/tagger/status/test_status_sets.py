"""Quality on the sets of marked triggers; `python -m bench.status FILE --show` lists each mistake.

Sets named ``*-dev`` are also used for training, so that they hold the least that must not be lost.
"""

from collections import Counter
from pathlib import Path

import pytest

from services.tagger.status.model import status_model
from training.status.examples import read_examples
from training.status.judge import verdict_on

FOLDER = Path(__file__).parents[3] / "passages" / "status"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_asserted_is_right(path: Path) -> None:
    """What is called asserted is so in nine of ten cases, and seven of ten assertions are found."""
    counts: Counter[str] = Counter()
    for example in read_examples([path]):
        said = verdict_on(example, status_model()).status
        counts["marked"] += example.status == "asserted"
        counts["said"] += said == "asserted"
        counts["right"] += said == example.status == "asserted"
    assert counts["right"] >= 0.9 * counts["said"]
    assert counts["right"] >= 0.7 * counts["marked"]
