"""Write the table of event types in docs/events.md from seeds/keywords/events.yaml.

Run: python -m tests.event_table --write
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from services.tagger.vocabulary.entries import EventType
from tests.seed_data import seed_entries

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "events.md"
START: Final = "from seeds/keywords/events.yaml. -->\n"
END: Final = "\n## Participants\n"


def main() -> None:
    table = table_of_types()
    if "--write" in sys.argv:
        PAGE.write_text(with_table(PAGE.read_text("utf-8"), table), "utf-8")
    else:
        sys.stdout.write(table)


def table_of_types() -> str:
    """Return the table, one row for each type in the order of their ids."""
    types = {event.id: event for event in seed_entries().events}
    rows = (_row(types[id_]) for id_ in sorted(types))
    return "\n".join(
        ["", "| event | meaning | CAMEO | PLOVER | |", "|---|---|---|---|---|", *rows, ""]
    )


def with_table(page: str, table: str) -> str:
    """Return the page with this table."""
    before, start, after = page.partition(START)
    return before + start + table + END + after.partition(END)[2]


def _row(event: EventType) -> str:
    traits = ", ".join(_traits(event))
    codes = ", ".join(event.cameo) or "–"
    return f"| `{event.id}` | {event.title} | {codes} | {event.plover or '–'} | {traits} |"


def _traits(event: EventType) -> Iterator[str]:
    if event.scheduled:
        yield "scheduled"
    if event.reciprocal:
        yield "both sides"


if __name__ == "__main__":
    main()
