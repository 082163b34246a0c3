"""How doctor reports mistakes; tests/integration runs it with a real broker."""

from services.console.doctor import SAME_AS_ABOVE, _run_check
from shared.base.exits import ConfigurationError


def refuse() -> str:
    raise ConfigurationError("HTTP_PORT: too large\nKAFKA_BOOTSTRAP: is not host:port")


def test_a_mistake_that_all_services_share_is_reported_once() -> None:
    """A check that the mistake prevents does not count as passed."""
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
