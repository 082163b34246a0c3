"""What doctor says of mistakes; tests/integration has it on a real broker."""

from services.console.doctor import SAME_AS_ABOVE, _run_check
from shared.base.settings import ConfigurationError


def refuse() -> str:
    raise ConfigurationError("HTTP_PORT: too large\nKAFKA_BOOTSTRAP: is not host:port")


def test_a_mistake_that_all_services_share_is_told_once() -> None:
    """And no look that it kept from being taken counts as fine."""
    reported: set[str] = set()
    first, second, again = (
        list(_run_check(subject, refuse, reported)) for subject in ("fetcher", "cleaner", "broker")
    )
    assert [(result.ok, result.message) for result in first] == [
        (False, "HTTP_PORT: too large"),
        (False, "KAFKA_BOOTSTRAP: is not host:port"),
    ]
    assert [(result.ok, result.message) for result in second + again] == [
        (False, SAME_AS_ABOVE)
    ] * 2
    assert [
        result.ok for result in _run_check("topics", lambda: "as the table says", reported)
    ] == [True]
