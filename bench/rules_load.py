"""How long a folder of very many rules takes to read, one of them bad, and how much memory; beside it PyYAML alone reading the same files.

bench/rules_load.py [RULES] [RULES A FILE]
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
KNOWN = Vocabulary(actors=frozenset({"kim-jong-un"}))


def write(folder: Path, count: int, per_file: int) -> None:
    """Rules of six terms, a pair, a tag and a negation; the one in the middle has its AND in small letters."""
    chance = random.Random(1)
    words = [f"w{chance.randrange(10**6)}" for _ in range(20_000)]
    for first in range(0, count, per_file):
        lines = ["rules:"]
        for number in range(first, min(count, first + per_file)):
            a, b, c, d, e = chance.sample(words, 5)
            joined = "and" if number == count // 2 else "AND"
            when = f'({a} OR {b}) W/5 {c} {joined} actor(kim-jong-un) AND NOT "{d} {e}"'
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
    try:
        return f"{len(load_rules(folder, KNOWN).rules)} rules"
    except DocumentError as error:
        return str(error).removeprefix(f"{folder}/")


def pyyaml(folder: Path) -> str:
    return f"{sum(len(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)['rules']) for path in rule_files(folder))} rules"


def timed(call: Callable[[Path], str], folder: Path) -> tuple[float, float, str]:
    wall, cpu = time.perf_counter(), time.process_time()
    told = call(folder)
    return time.perf_counter() - wall, time.process_time() - cpu, told


def main(count: int, per_file: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write(folder, count, per_file)
        best: dict[str, tuple[float, float, str]] = {}
        for _ in range(ROUNDS):
            for call in (summitwire, pyyaml):
                best[call.__name__] = min(
                    timed(call, folder), best.get(call.__name__, (9e9, 9e9, ""))
                )
    print(f"{count} rules, {per_file} a file, one bad; the best of {ROUNDS} alternating rounds")
    print(f"{'reader':<12}{'wall s':>8}{'cpu s':>8}{'ms a rule':>11}  answer")
    for name, (wall, cpu, told) in best.items():
        print(f"{name:<12}{wall:>8.1f}{cpu:>8.1f}{cpu / count * 1_000:>11.2f}  {told}")
    print(
        f"largest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [20_000, 100][len(given) :]))
