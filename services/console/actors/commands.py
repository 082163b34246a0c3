"""``summitwire actors``: the sub-commands."""

from typing import Final

from services.console.lazy import CommandSource, make_group

SOURCES: Final = {
    "check": CommandSource(
        "actors.check:check",
        "Report every mistake in the data, and how to fix it; exit 1 if there is an error.",
    ),
    "who": CommandSource(
        "actors.who:who",
        "Say who held an office on a day, or which offices a person held; exit 1 if nobody is "
        "known.",
    ),
    "list": CommandSource(
        "actors.list_entries:list_entries",
        "List people with all their spellings, or offices, organisations or countries.",
    ),
    "import": CommandSource(
        "actors.import_data:import_app",
        "Convert public data to the form of seeds/actors; the file goes to standard output.",
    ),
    "propose": CommandSource(
        "actors.propose:propose",
        "Propose names that recur in articles and are not in the data, for a person to accept.",
    ),
}

app = make_group("Check, query and list the people and offices that the tagger knows.", SOURCES)
