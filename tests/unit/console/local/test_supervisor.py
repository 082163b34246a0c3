"""A program in a crash loop is reported a few times, then with a count."""

import asyncio
from pathlib import Path

from services.console.local.supervisor import SAME_LINES, ProgramSpec, Supervisor


class Quick(Supervisor):
    """Runs no process: each run prints a line with a number in it and ends with 70."""

    runs = 0

    async def _run(self, program: ProgramSpec) -> int:
        self.runs += 1
        self._print_limited(
            program.name,
            f"2026-11-29T10:00:{self.runs:02} [error] process leaves "
            f"because=0x7f{self.runs:x} of batch {self.runs}",
        )
        await asyncio.sleep(0)
        return 70


async def test_a_crash_loops_lines_are_limited(tmp_path: Path) -> None:
    """The output is bounded although each process limits only its own log; every line counts."""
    lines: list[str] = []
    supervisor = Quick(lambda name, line: lines.append(f"{name}: {line}"), first_wait_s=0.0)
    supervisor.start(ProgramSpec("tagger", [], {"HOME": str(tmp_path)}))
    async with asyncio.timeout(20):
        while supervisor.runs < 500:
            await asyncio.sleep(0.01)
    await supervisor.stop()
    assert (
        sum("process leaves" in line and "more lines" not in line for line in lines) == SAME_LINES
    )
    assert sum("restarts in" in line and "more lines" not in line for line in lines) == SAME_LINES
    (count,) = [
        line for line in lines if "more lines like this" in line and "process leaves" in line
    ]
    assert count.startswith(f"tagger: {supervisor.runs - SAME_LINES} more lines like this in ")
