"""The table of topics is consistent, and what is generated from it is committed."""

import dataclasses
from pathlib import Path

import pytest

from services.console.topics.dataflow import picture
from shared.base.ports import NAMES
from shared.kafka.topics import TOPICS, Topic, dead_letter_sources, topics_of_service
from shared.messages import codec, schemas

ROOT = Path(__file__).parents[2]
BY_NAME = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)


def test_topic_names_are_unique_and_versioned() -> None:
    """One row per topic, and its name ends with the major version of its message."""
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names)
    assert all(name.endswith(".v1") for name in names)


@BY_NAME
def test_the_key_is_a_field_of_the_message(topic: Topic) -> None:
    """Records are keyed by the field that the table names, so the message must have it."""
    assert hasattr(topic.message, topic.key)


@BY_NAME
def test_producers_and_consumers_are_services(topic: Topic) -> None:
    """Nothing else writes or reads topics, but the command writes what people ask for."""
    names = {name.partition("/")[0] for name in (*topic.producers, *topic.consumers)}
    assert names <= {*NAMES, "console"}
    assert "console" not in topic.consumers


def test_state_topics_are_partitioned_like_their_source() -> None:
    """State and source are co-partitioned; otherwise a stage would restore another partition."""
    partitions = {topic.name: topic.partitions for topic in TOPICS}
    assert partitions["deliveries.v1"] == partitions["dispatches.v1"]
    assert partitions["recipients.v1"] == partitions["articles.tagged.v1"]
    assert partitions["hits.v1"] == partitions["alerts.v1"]
    assert partitions["sources.v1"] == partitions["articles.raw.v1"]


def test_every_consumed_log_has_dead_letters() -> None:
    """A record of any topic that a stage reads may turn out to be bad."""
    assert {topic.name for topic in dead_letter_sources()} == {
        t.name for t in TOPICS if t.cleanup == "delete"
    }


def test_every_service_needs_topics() -> None:
    """The check before a start covers the topics of the service's stages."""
    alerting = {
        "articles.tagged.v1",
        "rules.v1",
        "alerts.v1",
        "hits.v1",
        "recipients.v1",
        "dispatches.v1",
        "silences.v1",
        "watch.v1",
        "feedback.v1",
        "notifications.v1",
        "deliveries.v1",
    }
    assert {topic.name for topic in topics_of_service("alerting")} == alerting
    assert all(topics_of_service(name) for name in NAMES)


def test_the_readme_shows_the_table() -> None:
    """Its picture is the generated one: run `summitwire topics picture`."""
    assert picture() in (ROOT / "README.md").read_text("utf-8")


@BY_NAME
def test_the_committed_json_schema_is_current(topic: Topic) -> None:
    """Run `summitwire topics schemas docs/schemas` after changing a message."""
    for message in topic.messages:
        assert (
            ROOT / "docs" / "schemas" / f"{message.__name__}.v1.json"
        ).read_bytes() == codec.json_schema(message)


@BY_NAME
def test_golden_messages_still_decode(topic: Topic) -> None:
    """Every version that ever existed can be read: its example decodes, and encodes to the same."""
    for kind in topic.messages:
        golden = (ROOT / "tests" / "contract" / "golden" / f"{kind.__name__}.v1.json").read_bytes()
        message = codec.decode(golden, kind)
        assert codec.decode(codec.encode(message), kind) == message
        assert set(codec.parse(golden)) <= {field.name for field in dataclasses.fields(kind)}


def test_every_golden_message_belongs_to_a_message() -> None:
    """No stray examples: each file names a message of the schemas."""
    names = {
        path.name.split(".")[0] for path in (ROOT / "tests" / "contract" / "golden").glob("*.json")
    }
    assert names == {message.__name__ for topic in TOPICS for message in topic.messages}
    assert all(hasattr(schemas, name) for name in names)
