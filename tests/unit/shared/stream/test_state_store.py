"""One partition's keyed state: committed values under the changes of a batch."""

import contextlib
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from shared.stream.state_store import StateStore

KEYS = st.sampled_from([b"a", b"b", b"c"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), KEYS, st.one_of(st.none(), st.binary(max_size=2))),
        st.tuples(st.just("fail"), KEYS, st.binary(max_size=2)),
        st.tuples(st.just("commit"), st.just(b""), st.none()),
        st.tuples(st.just("rollback"), st.just(b""), st.none()),
    )
)


class Failed(Exception):  # noqa: N818 - a test's own
    pass


def test_a_batch_sees_its_own_changes_and_others_do_not_before_the_commit() -> None:
    """``get`` reads through the changes, ``items`` shows what is committed."""
    state = StateStore({b"a": b"1"})
    state.set(b"a", b"2")
    assert (state.get(b"a"), dict(state.items()), dict(state.changes)) == (
        b"2",
        {b"a": b"1"},
        {b"a": b"2"},
    )
    state.commit()
    assert (dict(state.items()), dict(state.changes)) == ({b"a": b"2"}, {})


def test_none_deletes() -> None:
    """A deleted key is gone for the batch at once, and for good after the commit."""
    state = StateStore({b"a": b"1"})
    state.set(b"a", None)
    assert (state.get(b"a"), dict(state.changes)) == (None, {b"a": None})
    state.commit()
    assert dict(state.items()) == {}


def test_it_does_not_share_what_it_was_given() -> None:
    """The caller's mapping stays as it was."""
    initial = {b"a": b"1"}
    state = StateStore(initial)
    state.set(b"a", b"2")
    state.commit()
    assert initial == {b"a": b"1"}


def test_the_oldest_change_comes_first() -> None:
    """Within a group, ordered by each key's last change, with those of this batch last."""
    state = StateStore({b"a/1": b"", b"a/2": b"", b"b/1": b"", b"a/3": b"", b"a": b""})
    assert list(state.oldest(b"a")) == [b"a/1", b"a/2", b"a/3"]
    state.set(b"a/4", b"")
    state.set(b"a/1", b"again")
    state.set(b"a/4", b"again")
    state.set(b"a/2", None)
    assert list(state.oldest(b"a")) == [b"a/3", b"a/1", b"a/4"]
    state.commit()
    assert list(state.oldest(b"a")) == [b"a/3", b"a/1", b"a/4"]
    assert (list(state.oldest(b"b")), list(state.oldest()), list(state.oldest(b"c"))) == (
        [b"b/1"],
        [b"a"],
        [],
    )


@given(STEPS, st.integers(0, 3))
def test_the_order_survives_a_restart(
    steps: list[tuple[str, bytes, bytes | None]], batch: int
) -> None:
    """Restored from the changelog the order is the same, wherever batches ended."""
    state, log = StateStore(), dict[bytes, bytes | None]()
    for number, (step, key, value) in enumerate(steps):
        if step == "set":
            state.set(key, value)
        if step == "commit" or number % 4 == batch:
            for changed, to in state.changes.items():
                log.pop(
                    changed, None
                )  # what compaction leaves: the last record of a key, where it stands
                log[changed] = to
            state.commit()
    state.rollback()
    restored = StateStore()
    for key, value in log.items():
        restored.load(key, value)
    assert (list(restored.oldest()), dict(restored.items())) == (
        list(state.oldest()),
        dict(state.items()),
    )


@given(STEPS)
def test_it_behaves_like_two_plain_dictionaries(
    steps: list[tuple[str, bytes, bytes | None]],
) -> None:
    """Compared with the slow, obvious version: copy everything before each attempt."""
    state, committed, batch = StateStore(), dict[bytes, bytes](), dict[bytes, bytes]()
    for step, key, value in steps:
        if step == "set":
            state.set(key, value)
            batch = {k: v for k, v in (batch | {key: value}).items() if v is not None}
        elif step == "commit":
            state.commit()
            committed = dict(batch)
        elif step == "rollback":
            state.rollback()
            batch = dict(committed)
        else:
            with contextlib.suppress(Failed):
                state.attempt(partial(_fail, state, key, value or b""))
        assert dict(state.items()) == committed
        assert {k: state.get(k) for k in (b"a", b"b", b"c")} == {
            k: batch.get(k) for k in (b"a", b"b", b"c")
        }


def _fail(state: StateStore, key: bytes, value: bytes) -> None:
    state.set(key, value)
    raise Failed
