"""How long a folder of many rules takes to load if one is invalid, and the memory it needs.

The baseline is PyYAML alone on the same files.

    python -m bench.rules_load [RULES] [RULES_PER_FILE]
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from services.alerting.language.check import Vocabulary
from services.alerting.rules.rule_set import load_rules, rule_files
from shared.files.yaml_document import DocumentError

ROUNDS = 2
VOCABULARY = Vocabulary(actors=frozenset({"kim-jong-un"}))


def write(folder: Path, count: int, per_file: int) -> None:
    """Write rules of six terms, a pair, a tag and a negation.

    The one in the middle is invalid: its AND is in lower case.
    """
    chance = random.Random(1)
    words = [f"w{chance.randrange(10**6)}" for _ in range(20_000)]
    for first in range(0, count, per_file):
        lines = ["rules:"]
        for number in range(first, min(count, first + per_file)):
            a, b, c, d, e = chance.sample(words, 5)
            operator = "and" if number == count // 2 else "AND"
            when = f'({a} OR {b}) W/5 {c} {operator} actor(kim-jong-un) AND NOT "{d} {e}"'
            lines += [
                f"- id: rule-{number}",
                f"  title: Rule {number}",
                "  severity: low",
                "  when: |",
                f"    {when}",
                "  notify: [slack:newsroom]",
            ]
        (folder / f"{first:06}.yaml").write_text("\n".join(lines) + "\n", "utf-8")


def summitwire(folder: Path) -> str:
    """Load the rules as the service does; return the count or the error."""
    try:
        return f"{len(load_rules(folder, VOCABULARY).rules)} rules"
    except DocumentError as error:
        return str(error).removeprefix(f"{folder}/")


def pyyaml(folder: Path) -> str:
    """Parse the files with PyYAML's C loader; return the count."""
    contents = (path.read_bytes() for path in rule_files(folder))
    count = sum(len(yaml.load(text, Loader=yaml.CSafeLoader)["rules"]) for text in contents)
    return f"{count} rules"


def measure(load: Callable[[Path], str], folder: Path) -> tuple[float, float, str]:
    """Return the wall and CPU seconds of one load, and its result."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = load(folder)
    return time.perf_counter() - wall, time.process_time() - cpu, result


def main(count: int, per_file: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(folder, count, per_file)
        best: dict[str, tuple[float, float, str]] = {}
        for _ in range(ROUNDS):
            for load in (summitwire, pyyaml):
                best[load.__name__] = min(
                    measure(load, folder), best.get(load.__name__, (9e9, 9e9, ""))
                )
    print(
        f"{count} rules, {per_file} per file, one invalid; the best of {ROUNDS} alternating rounds"
    )
    print(f"{'loader':<12}{'wall s':>8}{'cpu s':>8}{'ms per rule':>13}  result")
    for name, (wall, cpu, result) in best.items():
        print(f"{name:<12}{wall:>8.1f}{cpu:>8.1f}{cpu / count * 1_000:>13.2f}  {result}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory of this process: {peak_mb} MB")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [20_000, 100][len(numbers) :]))
