"""What a committed offset says of a partition's owners: whether one holds it, and which records may
have ended it."""

from aiokafka.structs import OffsetAndMetadata

from shared.limits.hold_mark import HoldMark


def test_a_new_group_and_a_plain_commit_have_no_mark() -> None:
    """Nothing committed, an offset of before there were marks, and metadata of somebody else's."""
    assert HoldMark.from_committed(None) == HoldMark()
    assert HoldMark.from_committed(OffsetAndMetadata(-1, "")) == HoldMark()
    for metadata in ("", None, "held", "held x", "held 5 x", "other"):
        assert HoldMark.from_committed(OffsetAndMetadata(7, metadata)) == HoldMark(offset=7)


def test_who_finds_a_mark_suspects_as_many_records_as_its_predecessor_took_at_once() -> None:
    """And is done with it once so many are committed; its own commits carry its own number."""
    held = HoldMark.from_committed(HoldMark().mark_offset(40, 100))
    assert held == HoldMark(offset=40, suspects=100, is_set=True)
    held.advance(100, 60)
    assert held.suspects == 40
    held.advance(150, 50)
    assert held.suspects == 0
    assert HoldMark.from_committed(held.mark_offset(150, 20)).suspects == 20


def test_only_a_mark_is_taken_back() -> None:
    """The same offset without the mark; who never set one commits nothing."""
    assert HoldMark.from_committed(OffsetAndMetadata(7, "")).unmark_offset() is None
    mark = HoldMark.from_committed(OffsetAndMetadata(7, ""))
    mark.advance(9, 2)
    released = mark.unmark_offset()
    assert released == OffsetAndMetadata(9, "")
    assert HoldMark.from_committed(released) == HoldMark(offset=9)


def test_suspects_that_were_not_reached_are_left_to_the_next_owner() -> None:
    """A rebalance in the middle must not clear them: the next owner would meet the record unprepared."""
    mark = HoldMark.from_committed(HoldMark().mark_offset(40, 100))
    mark.advance(50, 10)
    left = HoldMark.from_committed(mark.unmark_offset())
    assert left == HoldMark(offset=50, suspects=90, is_set=True)


def test_only_records_that_were_there_are_suspects() -> None:
    """What came after the last owner's end did not end it."""
    mark = HoldMark.from_committed(HoldMark().mark_offset(40, 100))
    mark.limit_suspects(45)
    assert mark.suspects == 5
    mark.limit_suspects(40)
    assert (mark.suspects, mark.unmark_offset()) == (0, OffsetAndMetadata(40, ""))
