"""An outage is two log lines, whoever notices it."""

from shared.kafka.outage_log import BEGINS_AFTER_S, QUIET_S, OutageEnd, OutageLog, OutageStart


def test_error_lines_alone_start_and_end_an_outage() -> None:
    """Without a probe it starts when errors persist, and ends at the last one, once they stop."""
    outage = OutageLog()
    reports = [outage.on_error_line(number * 0.5) for number in range(600)]
    assert [report for report in reports if report] == [OutageStart(BEGINS_AFTER_S)]
    assert outage.tick(300.0) is None
    assert outage.tick(299.5 + QUIET_S) == OutageEnd(299.5, 600)
    assert outage.tick(400.0) is None


def test_a_hiccup_is_no_outage() -> None:
    """One broker of three restarts: a few lines at once, and nothing is reported."""
    outage = OutageLog()
    assert [outage.on_error_line(1.0), outage.on_error_line(1.5), outage.tick(1.5 + QUIET_S)] == [
        None
    ] * 3
    assert outage.on_error_line(100.0) is None, "the next error begins anew"


def test_a_probe_decides_alone() -> None:
    """Once it has reported, error lines start no outage and silence ends none.

    A broker that hangs in silence is away.
    """
    outage = OutageLog()
    assert outage.on_broker_back(0.0) is None
    assert [outage.on_error_line(float(second)) for second in range(1, 60)] == [None] * 59
    assert outage.on_broker_lost(60.0, since=55.0) == OutageStart(5.0)
    assert outage.on_broker_lost(61.0, since=55.0) is None
    assert [outage.on_error_line(62.0), outage.on_error_line(63.0)] == [None, None]
    assert outage.tick(63.0 + 100 * QUIET_S) is None
    assert outage.on_broker_back(100.0) == OutageEnd(45.0, 61)
    assert outage.on_broker_back(101.0) is None


def test_a_probe_takes_over_an_outage_that_error_lines_started() -> None:
    """It is reported once."""
    outage = OutageLog()
    outage.on_error_line(0.0)
    assert outage.on_error_line(3.0) == OutageStart(3.0)
    assert outage.on_broker_lost(4.0) is None
    assert outage.on_broker_back(9.0) == OutageEnd(9.0, 2)
