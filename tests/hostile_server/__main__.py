"""Run the hostile web in a process of its own.

    python -m tests.hostile_server FOLDER

Prints a line of JSON with the addresses; once its standard input ends, another with what the
servers have seen.
"""

import asyncio
import json
import sys
from pathlib import Path

from tests.hostile_server.web import hostile_web


async def main(folder: Path) -> None:
    """Serve until the standard input ends."""
    async with hostile_web(folder) as web:
        _say(web.describe())
        await asyncio.to_thread(sys.stdin.read)
        _say(web.report())


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
