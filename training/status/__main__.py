"""Fit the status model to marked triggers and write it into the package.

    python -m training.status FILE [FILE ...]

The same files give the same bytes. bench/status.py measures it.
"""

import argparse
import json
from pathlib import Path
from typing import Final

from services.tagger.status.model import StatusModel
from training.status.examples import read_examples
from training.status.fit import fit

WEIGHTS: Final = Path(__file__).parents[2] / "services/tagger/status/weights.json"


def main() -> None:
    """Fit the model to the files given and write its weights."""
    parser = argparse.ArgumentParser(description="Fit the status model to marked triggers.")
    parser.add_argument("files", type=Path, nargs="+")
    examples = list(read_examples(parser.parse_args().files))
    model = fit([example.features() for example in examples], [e.status for e in examples])
    WEIGHTS.write_text(_one_feature_a_line(model), "utf-8")
    print(f"{len(examples)} examples, {len(model.weights)} features: {WEIGHTS}")


def _one_feature_a_line(model: StatusModel) -> str:
    """Return the model as JSON that a person can read and compare."""
    rows = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(model.weights.items())
    )
    head = f'"asserted": {model.asserted},\n"other": {model.other}'
    return f'{{\n{head},\n"weights": {{\n{rows}\n}}\n}}\n'


if __name__ == "__main__":
    main()
