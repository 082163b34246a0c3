"""What doctor says of mistakes; tests/integration has it on a real broker."""

from services.console.doctor import SAME_AS_ABOVE, _run_check
from shared.base.settings import ConfigurationError


def refuse() -> str:
    raise ConfigurationError("HTTP_PORT: too large\nKAFKA_BOOTSTRAP: is not host:port")


def test_a_mistake_that_all_services_share_is_told_once() -> None:
    """And no look that it kept from being taken counts as fine."""
    told: set[str] = set()
    first, second, again = (
        list(_run_check(what, refuse, told)) for what in ("fetcher", "cleaner", "broker")
    )
    assert [(one.ok, one.message) for one in first] == [
        (False, "HTTP_PORT: too large"),
        (False, "KAFKA_BOOTSTRAP: is not host:port"),
    ]
    assert [(one.ok, one.message) for one in second + again] == [(False, SAME_AS_ABOVE)] * 2
    assert [one.ok for one in _run_check("topics", lambda: "as the table says", told)] == [True]
