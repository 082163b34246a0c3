"""The picture of the dataflow shows every topic that is in use."""

from services.console.topics.dataflow import picture
from shared.kafka.topics import TOPICS


def test_every_live_topic_stands_in_one_line() -> None:
    """One line a topic with its producer and consumers; reserved topics do not appear."""
    lines = picture().splitlines()
    for topic in TOPICS:
        block = [line for line in lines if f"{topic.name} (" in line]
        assert len(block) == 1
        assert all(
            topic.producer in line and all(consumer in line for consumer in topic.consumers)
            for line in block
        )
