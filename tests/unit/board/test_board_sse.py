import asyncio

from services.board.sse import MAX_PAST_EVENTS, MAX_QUEUED_EVENTS, Hub, Viewer, encode_event


def a_hub(most: int = 10, epoch: str = "run1") -> Hub:
    return Hub(epoch, lambda: [("snapshot", b"[]"), ("status", b"{}")], most)


def joined(hub: Hub, last: str | None = None) -> Viewer:
    viewer = hub.join(last)
    assert viewer is not None
    return viewer


def taken(viewer: Viewer) -> list[str]:
    """The kinds of the events that wait, with their ids."""
    found = []
    while not viewer.queue.empty():
        event = viewer.queue.get_nowait()
        fields = dict(
            row.split(": ", 1) for row in (event or b"event: end").decode().strip().splitlines()
        )
        found.append(" ".join(filter(None, (fields["event"], fields.get("id", "")))))
    return found


def test_a_frame_is_one_event() -> None:
    """As the standard has it: id, name, one line of data, an empty line."""
    assert (
        encode_event("alerts", b'["a"]', "run1-3") == b'id: run1-3\nevent: alerts\ndata: ["a"]\n\n'
    )
    assert encode_event("beat", b"{}") == b"event: beat\ndata: {}\n\n"


def test_a_new_viewer_gets_everything_then_what_follows() -> None:
    """Snapshot and state first; the snapshot's id makes it possible to come back."""
    hub = a_hub()
    hub.publish("alerts", b"[1]")
    viewer = joined(hub)
    hub.publish("alerts", b"[2]")
    assert taken(viewer) == ["snapshot run1-1", "status", "alerts run1-2"]


def test_who_comes_back_gets_only_what_was_missed() -> None:
    """The browser says which event it saw last."""
    hub = a_hub()
    for number in range(5):
        hub.publish("alerts", b"%d" % number)
    assert taken(joined(hub, "run1-3")) == ["alerts run1-4", "alerts run1-5", "status"]
    assert taken(joined(hub, "run1-5")) == ["status"]


def test_an_id_that_means_nothing_gives_everything() -> None:
    """Of an earlier run, of the future, too long ago, or made up: never a gap, never an error."""
    hub = a_hub()
    for _ in range(MAX_PAST_EVENTS + 50):
        hub.publish("alerts", b"1")
    for last in (
        "run0-5",
        "run1-99999",
        "run1-1",
        "run1-",
        "run1--1",
        "x",
        "",
        "-",
        "run1-" + "9" * 100,
        "run1-１２",
    ):
        assert taken(joined(hub, last))[0].startswith("snapshot"), last


def test_a_slow_viewer_is_lost_and_the_others_are_not() -> None:
    """Its queue is bounded; what it missed it gets when it comes back."""
    hub = a_hub()
    slow, quick = joined(hub), joined(hub)
    for number in range(MAX_QUEUED_EVENTS + 1):
        hub.publish("alerts", b"%d" % number)
        taken(quick)
    assert (slow.is_lost, quick.is_lost) == (True, False)
    assert slow.queue.qsize() == MAX_QUEUED_EVENTS


def test_a_full_house_lets_nobody_in_until_somebody_leaves() -> None:
    """The number of viewers is bounded."""
    hub = a_hub(most=1)
    first = joined(hub)
    assert hub.join(None) is None
    hub.leave(first)
    assert hub.join(None) is not None


def test_closing_ends_every_stream() -> None:
    """A stopping service does not wait for browsers."""
    hub = a_hub()
    viewer = joined(hub)
    hub.close()
    assert taken(viewer)[-1] == "end"
    assert hub.join(None) is None


def test_queues_need_no_running_loop_to_be_made() -> None:
    """The hub is wired before the worker starts its loop."""
    assert isinstance(Viewer().queue, asyncio.Queue)
