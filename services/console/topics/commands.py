"""``summitwire topics``: the sub-commands."""

from typing import Final

from services.console.lazy import CommandSource, make_group

SOURCES: Final = {
    "create": CommandSource(
        "topics.admin:create", "Create every topic that is missing; safe to run again."
    ),
    "check": CommandSource(
        "topics.admin:check", "Say where the cluster differs from the table; exit 1 if it does."
    ),
    "list": CommandSource(
        "topics.table:list_topics", "List what each topic holds, who writes it and who reads it."
    ),
    "repartition": CommandSource(
        "topics.admin:repartition_topic",
        "Move keys to the partitions they belong to after partitions were added.",
    ),
    "picture": CommandSource("topics.table:picture", "Draw the dataflow, as the README shows it."),
    "schemas": CommandSource("topics.table:schemas", "Write the JSON Schema of every message."),
}

app = make_group("Create, check and list the topics.", SOURCES)
