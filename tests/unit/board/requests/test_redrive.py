"""Who may have parked messages posted, and what is written then."""

import asyncio

import orjson
import pytest
from aiokafka.errors import KafkaConnectionError

from services.board.questions.gate import RequestRefused
from services.board.requests.redrive import Redrives
from services.board.state.deliveries.undelivered import Undelivered
from shared.kafka.transaction import Write
from shared.messages import codec
from shared.messages.schemas import DeliveryState, RedriveRequest
from tests.unit.board.board_samples import SLACK, START_MS, a_delivery, a_notification, an_alert

PAGE = {"Content-Type": "application/json", "Host": "board:6105", "Origin": "http://board:6105"}


def parked(*states: DeliveryState) -> Undelivered:
    fold = Undelivered()
    for number, state in enumerate(states):
        told = a_notification(an_alert(number))
        fold.take_content(told, START_MS)
        fold.take_entry(a_delivery(told, state))
    return fold


def a_body(destination: str = SLACK) -> bytes:
    return orjson.dumps({"destination": destination})


async def test_the_request_is_about_all_that_is_parked() -> None:
    """Not about what is being retried anyway."""
    writes: list[Write] = []

    async def send(write: Write) -> None:
        writes.append(write)

    fold = parked(DeliveryState.PARKED, DeliveryState.RETRY, DeliveryState.PARKED)
    answer = await Redrives(fold, "t.dispatches.v1", send).answer(PAGE, a_body())
    (write,) = writes
    request = codec.decode(write.value, RedriveRequest)
    assert answer == {"parked": 2}
    assert (write.topic, write.key) == ("t.dispatches.v1", SLACK.encode())
    assert (request.destination, request.notification_ids) == (SLACK, ())
    assert ("ce_type", b"RedriveRequest.v1") in write.headers


@pytest.mark.parametrize(
    ("changes", "body", "status"),
    [
        ({"Origin": "https://evil.example"}, a_body(), 403),
        ({"Sec-Fetch-Site": "cross-site"}, a_body(), 403),
        ({"Content-Type": "text/plain"}, a_body(), 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, a_body(), 415),
        ({}, b"destination=slack:newsroom", 400),
        ({}, b'{"destination": "slack:newsroom", "more": 1}', 400),
        ({}, a_body("x" * 3_000), 413),
        ({}, a_body("slack:other"), 404),
    ],
)
async def test_others_are_refused_and_nothing_is_written(
    changes: dict[str, str], body: bytes, status: int
) -> None:
    """Another site's page or form, nonsense, and a destination for which nothing is parked."""

    async def send(_write: Write) -> None:
        raise AssertionError("nothing may be written")

    redrives = Redrives(parked(DeliveryState.PARKED), "dispatches", send)
    with pytest.raises(RequestRefused) as refused:
        await redrives.answer(PAGE | changes, body)
    assert refused.value.status == status


async def test_a_cluster_that_is_gone_is_an_answer() -> None:
    """The page says so; nothing was asked for."""

    async def send(_write: Write) -> None:
        raise KafkaConnectionError("no broker")

    with pytest.raises(RequestRefused) as refused:
        await Redrives(parked(DeliveryState.PARKED), "d", send).answer(PAGE, a_body())
    assert refused.value.status == 503


async def test_one_request_is_written_at_a_time() -> None:
    """Whoever clicks twice is told to wait."""
    go = asyncio.Event()

    async def send(_write: Write) -> None:
        await go.wait()

    redrives = Redrives(parked(DeliveryState.PARKED), "d", send)
    first = asyncio.create_task(redrives.answer(PAGE, a_body()))
    await asyncio.sleep(0)
    with pytest.raises(RequestRefused) as refused:
        await redrives.answer(PAGE, a_body())
    go.set()
    assert (refused.value.status, await first) == (429, {"parked": 1})
