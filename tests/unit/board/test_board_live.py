import orjson

from services.board.live import CARDS_PER_EVENT, Live
from services.board.state.board_state import BoardRecord
from services.board.state.status import ServiceStatus
from shared.kafka.topics import ALERTS, ARTICLES_TAGGED
from tests.board_tools import alert_ids
from tests.unit.board.board_samples import START_MS, a_delivery, a_notification, an_alert, incoming


def a_live(alerts: int = 500) -> Live:
    return Live(alerts=alerts, viewers=5, epoch="e", clock_ms=lambda: START_MS)


def events(live: Live, kind: str) -> list[object]:
    """What a viewer that was there from the start has been told."""
    (viewer,) = live.hub.viewers
    found = []
    while not viewer.queue.empty():
        rows = (viewer.queue.get_nowait() or b"").decode().splitlines()
        if f"event: {kind}" in rows:
            found.append(orjson.loads(next(row for row in rows if row.startswith("data: "))[6:]))
    return found


def test_a_batch_is_told_in_events_of_bounded_size() -> None:
    """A replay's thousands of alerts must not be one event each, nor one event all."""
    live = a_live()
    live.hub.join(None)
    live.take([incoming(an_alert(number)) for number in range(CARDS_PER_EVENT + 7)])
    told = events(live, "stories")
    assert [len(each) for each in told if isinstance(each, list)] == [CARDS_PER_EVENT, 7]


def test_an_alert_and_its_delivery_in_one_batch_are_told_once() -> None:
    """With the state at the batch's end."""
    live, alert = a_live(), an_alert()
    live.hub.join(None)
    told = a_notification(alert)
    live.take([incoming(alert), incoming(told), incoming(a_delivery(told))])
    (stories,) = events(live, "stories")
    assert isinstance(stories, list)
    alerts = [each for story in stories for each in story["alerts"]]
    assert [(each["card"]["id"], each["lines"][0]["state"]) for each in alerts] == [
        (alert.alert_id, "delivered")
    ]


def test_a_record_that_cannot_be_read_is_counted_and_the_rest_shown() -> None:
    """One bad record takes no neighbour with it."""
    live = a_live()
    bad = BoardRecord(topic=ALERTS.name, value=b"nonsense", headers={}, recorded_ms=START_MS)
    live.take([bad, incoming(an_alert())])
    assert orjson.loads(live.status())["unreadable"] == 1
    assert len(orjson.loads(live.alerts(500))) == 1


def test_an_alert_that_left_the_board_within_its_batch_is_not_told() -> None:
    """Shown and gone in one breath: no card to show."""
    live = a_live(alerts=1)
    live.hub.join(None)
    live.take([incoming(an_alert(number), recorded_ms=START_MS + number) for number in range(3)])
    (stories,) = events(live, "stories")
    assert isinstance(stories, list)
    assert alert_ids(stories) == [an_alert(2).alert_id]


def test_the_state_is_told_only_when_it_changed() -> None:
    """A quiet night sends heartbeats and nothing else."""
    live = a_live()
    live.hub.join(None)
    live.publish_status()
    live.publish_status()
    live.take(
        [BoardRecord(topic=ARTICLES_TAGGED.name, value=b"", headers={}, recorded_ms=START_MS)]
    )
    live.publish_status()
    assert (
        len(events(live, "status")) == 3
    )  # the greeting, the first, and the one with an article more


def test_the_page_is_told_when_kafka_is_lost_and_since_when() -> None:
    """Repeating the same state does not move its beginning."""
    now = [START_MS]
    live = Live(alerts=5, viewers=5, epoch="e", clock_ms=lambda: now[0])
    live.update_cluster("connected", behind=0)
    now[0] += 1_000
    live.update_cluster("lost", "no answer")
    now[0] += 5_000
    live.update_cluster("lost", "still none")
    assert orjson.loads(live.status())["cluster"] == {
        "state": "lost",
        "since_ms": START_MS + 1_000,
        "detail": "still none",
        "behind": None,
    }


def test_services_are_part_of_the_state() -> None:
    """As the poller saw them."""
    live = a_live()
    live.services = (ServiceStatus(name="tagger", state="down", detail="takes no connection"),)
    assert orjson.loads(live.status())["services"][0]["name"] == "tagger"
