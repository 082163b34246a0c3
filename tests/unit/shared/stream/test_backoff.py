"""Growing waits of partitions."""

from aiokafka import TopicPartition

from shared.stream.backoff import FIRST_WAIT_S, LONGEST_WAIT_S, Backoff

A, B = TopicPartition("t", 0), TopicPartition("t", 1)


def test_waits_double_up_to_a_limit() -> None:
    """A long outage is asked about once a minute at most, a short one is over soon."""
    pauses = Backoff()
    waits = [pauses.begin(A, 0.0, progressed=False) for _ in range(100)]
    assert waits[:4] == [FIRST_WAIT_S, 2 * FIRST_WAIT_S, 4 * FIRST_WAIT_S, 8 * FIRST_WAIT_S]
    assert waits[-1] == LONGEST_WAIT_S


def test_progress_between_two_waits_begins_anew() -> None:
    """Another record's obstacle is another obstacle."""
    pauses = Backoff()
    pauses.begin(A, 0.0, progressed=False)
    pauses.begin(A, 0.0, progressed=False)
    assert pauses.begin(A, 0.0, progressed=True) == FIRST_WAIT_S


def test_a_partition_is_due_once_when_its_wait_is_over() -> None:
    """It is resumed once, and counts as waiting until then and not after."""
    pauses = Backoff()
    pauses.begin(A, 10.0, progressed=False)
    pauses.begin(B, 10.2, progressed=False)
    assert pauses.due(10.4) == []
    assert list(pauses.waiting()) == [A, B]
    assert pauses.due(10.5) == [A]
    assert list(pauses.waiting()) == [B]
    assert pauses.due(10.6) == []


def test_the_end_forgets_how_long_it_waited() -> None:
    """After a success, or when the partition went to somebody else, the next wait is the shortest."""
    pauses = Backoff()
    pauses.begin(A, 0.0, progressed=False)
    pauses.begin(A, 0.0, progressed=False)
    pauses.end(A)
    assert (list(pauses.waiting()), pauses.due(100.0)) == ([], [])
    assert pauses.begin(A, 0.0, progressed=False) == FIRST_WAIT_S
