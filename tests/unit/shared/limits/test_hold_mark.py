"""What a committed offset says: whether a partition is held, and which records are suspect."""

from aiokafka.structs import OffsetAndMetadata

from shared.limits.hold_mark import HoldMark


def test_a_new_group_and_a_plain_commit_have_no_mark() -> None:
    """Nothing committed, an offset from before the mark existed, and foreign metadata."""
    assert HoldMark.from_committed(None) == HoldMark()
    assert HoldMark.from_committed(OffsetAndMetadata(-1, "")) == HoldMark()
    for metadata in ("", None, "held", "held x", "held 5 x", "other"):
        assert HoldMark.from_committed(OffsetAndMetadata(7, metadata)) == HoldMark(offset=7)


def test_a_new_owner_suspects_as_many_records_as_the_previous_one_took_at_once() -> None:
    """Until that many are committed; its own commits carry its own number."""
    mark = HoldMark.from_committed(HoldMark().mark_offset(40, 100))
    assert mark == HoldMark(offset=40, suspects=100, is_set=True)
    mark.advance(100, 60)
    assert mark.suspects == 40
    mark.advance(150, 50)
    assert mark.suspects == 0
    assert HoldMark.from_committed(mark.mark_offset(150, 20)).suspects == 20


def test_only_a_mark_is_removed() -> None:
    """The same offset without the mark; an owner that never set one commits nothing."""
    assert HoldMark.from_committed(OffsetAndMetadata(7, "")).unmark_offset() is None
    mark = HoldMark.from_committed(OffsetAndMetadata(7, ""))
    mark.advance(9, 2)
    released = mark.unmark_offset()
    assert released == OffsetAndMetadata(9, "")
    assert HoldMark.from_committed(released) == HoldMark(offset=9)


def test_suspects_that_were_not_reached_are_passed_to_the_next_owner() -> None:
    """A rebalance must not clear them: the next owner would meet the record unprepared."""
    mark = HoldMark.from_committed(HoldMark().mark_offset(40, 100))
    mark.advance(50, 10)
    left = HoldMark.from_committed(mark.unmark_offset())
    assert left == HoldMark(offset=50, suspects=90, is_set=True)


def test_only_records_that_were_there_are_suspects() -> None:
    """Records that came after the previous owner's end did not end it."""
    mark = HoldMark.from_committed(HoldMark().mark_offset(40, 100))
    mark.limit_suspects(45)
    assert mark.suspects == 5
    mark.limit_suspects(40)
    assert (mark.suspects, mark.unmark_offset()) == (0, OffsetAndMetadata(40, ""))
