"""The board's trial counts messages with the grouping and the routes that deliver."""

from services.alerting.routes.local_times import DigestTime
from services.alerting.routes.matchers import parse_matcher
from services.alerting.routes.routes import DeliverySettings, Receiver, Route, Routes
from services.board.questions.message_preview import MAX_DISPATCHES, preview_messages
from shared.base.project import project_root
from tests.builders import invent_words
from tests.unit.board.board_samples import a_tagged

FOLDERS = (str(project_root() / "seeds" / "actors"), str(project_root() / "seeds" / "keywords"), "")


def stories(count: int, *, start: int = 0) -> tuple[bytes, ...]:
    """Return articles of different stories, newest first, each with the word harbour."""
    texts = (" ".join(invent_words(number)) for number in range(start, start + count))
    return tuple(
        a_tagged(number, headline=f"Report {number}", body=f"The harbour. {text}.")
        for number, text in enumerate(texts, start=start + 1)
    )


def test_messages_of_the_rules_own_destination_are_counted() -> None:
    """A copy is folded: three articles, two messages."""
    copy = a_tagged(9, headline="Report 1", body=f"The harbour. {' '.join(invent_words(0))}.")
    copy = copy.replace(b"2018-09-11T00:00", b"2018-09-11T09:30")
    answer = preview_messages("harbour", "medium", (copy, *stories(2)), Routes(), FOLDERS)
    (receiver,) = answer["messages"]
    assert (answer["firing"], answer["counted"]) == (3, 3)
    assert (receiver["destination"], receiver["messages"], receiver["alerts"]) == (None, 2, 3)
    assert receiver["kinds"] == {"first": 2, "folded": 1}
    assert sum(day["messages"] for day in receiver["days"]) == 2


def test_routes_add_receivers_by_severity() -> None:
    """A rule of a higher severity reaches another desk, with a digest."""
    routes = Routes(
        root=Route(
            routes=(
                Route(
                    place="1",
                    receiver="asia",
                    matchers=(parse_matcher("severity>=high"),),
                    settings=DeliverySettings(digest="morning"),
                ),
            )
        ),
        receivers={"asia": Receiver(name="asia", destinations=("slack:asia",))},
        digests={"morning": DigestTime(name="morning", zone="UTC", at=(420,))},
    )
    low = preview_messages("harbour", "low", stories(3), routes, FOLDERS)["messages"]
    high = preview_messages("harbour", "high", stories(3), routes, FOLDERS)["messages"]
    assert [each["destination"] for each in low] == [None]
    assert [(each["destination"], each["receiver"], each["kinds"]) for each in high] == [
        (None, None, {"first": 3}),
        ("slack:asia", "asia", {"digest": 1, "digested": 3}),
    ]


def test_only_so_many_are_counted() -> None:
    """The newest; the answer says of how many."""
    answer = preview_messages("harbour", "info", stories(MAX_DISPATCHES + 7), Routes(), FOLDERS)
    assert (answer["firing"], answer["counted"]) == (MAX_DISPATCHES + 7, MAX_DISPATCHES)


def test_a_mistake_is_answered_as_in_a_preview() -> None:
    """With its place; nothing is counted."""
    answer = preview_messages("harbour kim", "info", stories(1), Routes(), FOLDERS)
    assert answer["error"]["code"] == "side-by-side"
    assert "messages" not in answer


def test_what_does_not_fire_sends_nothing() -> None:
    """And a record that is no article counts as none."""
    answer = preview_messages("zeppelin", "info", (b"{}", *stories(2)), Routes(), FOLDERS)
    assert (answer["firing"], answer["messages"]) == (0, [])
