"""Each of aiokafka's warnings is classified, and the table has no unused entry."""

import ast
from pathlib import Path

import aiokafka
import pytest
from aiokafka import errors

from shared.kafka.client_log import LineFamily, family, templates

REFUSED = ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 9092)")


def logged_templates() -> set[str]:
    """Return every template that aiokafka logs as a warning or worse, from its source."""
    sources = [path.read_text("utf-8") for path in Path(aiokafka.__file__).parent.rglob("*.py")]
    return {
        template
        for source in sources
        for node in ast.walk(ast.parse(source))
        for template in _template(node)
    }


def _template(node: ast.AST) -> list[str]:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="log"), attr="warning" | "error" | "exception"),
            args=[ast.Constant(value=text), *_],
        ):
            return [str(text)]
    return []


def test_the_table_names_lines_that_aiokafka_writes() -> None:
    """A new version that words a line differently fails here, not on an operator's disk."""
    lines = logged_templates()
    assert len(lines) > 40
    assert [part for part in templates() if not any(part in line for line in lines)] == []


@pytest.mark.parametrize(
    ("template", "arguments", "expected"),
    [
        ('Unable connect to "%s:%s": %s', ("127.0.0.1", 9092, REFUSED), LineFamily.OUTAGE),
        (
            'Unable connect to "%s:%s": %s',
            ("kafka", 9092, errors.AuthenticationFailedError("no")),
            LineFamily.REAL,
        ),
        (
            "Unable connect to node with id %s: %s",
            (1, errors.KafkaConnectionError("closed")),
            LineFamily.OUTAGE,
        ),
        ("Unable to update metadata from %s", [1], LineFamily.OUTAGE),
        (
            "Cannot send %r to %s: %r",
            (object, 1, errors.NodeNotReadyError("node 1")),
            LineFamily.OUTAGE,
        ),
        (
            "Error sending %s to node %s [%s] -- marking coordinator dead",
            ("Heartbeat", 1, errors.RequestTimedOutError()),
            LineFamily.OUTAGE,
        ),
        ("Heartbeat session expired - marking coordinator dead", (), LineFamily.RETRIED),
        (
            "Group Coordinator Request failed: %s",
            (errors.GroupCoordinatorNotAvailableError(),),
            LineFamily.RETRIED,
        ),
        (
            "Got error produce response on topic-partition %s, retrying. Error: %s",
            ("t", errors.NotLeaderForPartitionError),
            LineFamily.RETRIED,
        ),
        (
            "Unexpected error while fetching data: %s",
            "NotLeaderForPartitionError",
            LineFamily.RETRIED,
        ),
        ("Unexpected error while fetching data: %s", ("CorruptRecordException",), LineFamily.REAL),
        (
            "OffsetCommit failed for group %s due to group error (%s), will rejoin",
            ("g", errors.IllegalGenerationError("g")),
            LineFamily.RETRIED,
        ),
        ("Topic %s is not authorized for this client", ("t",), LineFamily.REAL),
        ("Unexpected error in sender routine", (), LineFamily.REAL),
    ],
)
def test_a_line_means(template: str, arguments: object, expected: LineFamily) -> None:
    """The broker is away, the client recovers by itself, or somebody must look."""
    assert family("aiokafka.conn", template, arguments) is expected


def test_other_loggers_lines_are_real() -> None:
    """Whatever they say."""
    assert family("services.board.feed", "Unable to update metadata from %s", ()) is LineFamily.REAL
