"""Exponential backoff of partitions."""

from aiokafka import TopicPartition

from shared.stream.backoff import FIRST_WAIT_S, LONGEST_WAIT_S, Backoff

A, B = TopicPartition("t", 0), TopicPartition("t", 1)


def test_waits_double_up_to_a_limit() -> None:
    """During a long outage it is retried once a minute; a short one is over soon."""
    backoff = Backoff()
    waits = [backoff.begin(A, 0.0, progressed=False) for _ in range(100)]
    assert waits[:4] == [FIRST_WAIT_S, 2 * FIRST_WAIT_S, 4 * FIRST_WAIT_S, 8 * FIRST_WAIT_S]
    assert waits[-1] == LONGEST_WAIT_S


def test_progress_between_two_waits_starts_over() -> None:
    """The next record waits for something else."""
    backoff = Backoff()
    backoff.begin(A, 0.0, progressed=False)
    backoff.begin(A, 0.0, progressed=False)
    assert backoff.begin(A, 0.0, progressed=True) == FIRST_WAIT_S


def test_a_partition_waits_until_its_time_is_over() -> None:
    """It counts as waiting until then and not after, each partition by itself."""
    backoff = Backoff()
    backoff.begin(A, 10.0, progressed=False)
    backoff.begin(B, 10.2, progressed=False)
    assert backoff.waiting(10.4) == [A, B]
    assert backoff.waiting(10.5) == [B]
    assert backoff.waiting(10.6) == [B]
    assert backoff.waiting(10.7) == []


def test_the_end_forgets_how_long_it_waited() -> None:
    """After a success, or when another member got the partition, the next wait is the shortest."""
    backoff = Backoff()
    backoff.begin(A, 0.0, progressed=False)
    backoff.begin(A, 0.0, progressed=False)
    backoff.end(A)
    assert backoff.waiting(0.0) == []
    assert backoff.begin(A, 0.0, progressed=False) == FIRST_WAIT_S
