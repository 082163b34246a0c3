"""Apprise: its URLs are secrets, what its report means, and what its child may connect to."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from services.alerting.deliver.channels.addresses import AddressError
from services.alerting.deliver.channels.apprise.report_verdict import judge
from services.alerting.deliver.channels.apprise.sending import (
    SendingReport,
    build_guard,
    build_hook,
)
from services.alerting.deliver.channels.apprise.service_urls import parse_service_urls
from services.alerting.settings import AlertingSettings
from shared.base.exits import ConfigurationError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def report(**changes: Any) -> bytes:
    return orjson.dumps({"is_known": True, "is_sent": False, **changes})


@pytest.mark.parametrize(
    ("output", "exit_code", "verdict"),
    [
        (report(is_sent=True, connections=1, statuses=[200]), 0, "accepted"),
        (report(is_sent=True), 0, "accepted"),
        (report(is_known=False), 0, "gone"),
        (report(connections=1, statuses=[404]), 0, "gone"),
        (report(connections=1, statuses=[401]), 0, "gone"),
        (report(connections=1, statuses=[429]), 0, "unsent"),
        (report(connections=2, statuses=[200, 429]), 0, "in_doubt"),
        (report(connections=1, statuses=[400]), 0, "malformed"),
        (report(connections=1, statuses=[503]), 0, "in_doubt"),
        (report(connections=1, statuses=[200]), 0, "in_doubt"),
        (report(refusals=1), 0, "gone"),
        (report(refusals=1, connections=1), 0, "in_doubt"),
        (report(connections=1, failures=1), 0, "unsent"),
        (report(connections=2, failures=1), 0, "in_doubt"),
        (report(), 0, "unsent"),
        (b"", 1, "in_doubt"),
        (b"Traceback", 0, "in_doubt"),
        (b"", -9, "in_doubt"),
        (b"", None, "in_doubt"),
    ],
)
def test_what_a_report_means(output: bytes, exit_code: int | None, verdict: str) -> None:
    """Only what certainly was not accepted is unsent."""
    assert judge(output, exit_code, NOW).verdict == verdict


def test_retry_after_is_passed_on() -> None:
    """So that a busy service gets its rest."""
    answer = judge(report(connections=1, statuses=[429], retry_after="7"), 0, NOW)
    assert answer.retry_after_s == 7.0


def test_urls_are_secrets() -> None:
    """No error and no repr shows one; names with the same URL share a pace."""
    document = "desk: tgram://123:verysecret/1\nops: tgram://123:verysecret/1\nx: ntfy://topic"
    urls = parse_service_urls(document)
    assert "verysecret" not in repr(urls)
    keys = [urls.rate_limit_key(name) for name in ("desk", "ops", "x", "nobody")]
    assert keys[0] == keys[1] != keys[2]
    assert keys[3] is None
    assert "verysecret" not in str(keys)


@pytest.mark.parametrize(
    "document",
    ["desk: verysecret", "desk: [ntfy://verysecret]", "desk: 'x://very secret'", "verysecret", "{"],
)
def test_mistakes_are_told_without_the_url(document: str) -> None:
    """An error names the setting."""
    with pytest.raises(AddressError, match="APPRISE_URLS") as error:
        parse_service_urls(document)
    assert "verysecret" not in str(error.value)
    with pytest.raises(ConfigurationError, match="APPRISE_URLS"):
        AlertingSettings(apprise_urls=document).channel_addresses()


@pytest.mark.parametrize(
    ("event", "address", "is_allowed"),
    [
        ("socket.connect", ("93.184.216.34", 443), True),
        ("socket.connect", ("2606:2800:220:1:248:1893:25c8:1946", 443, 0, 0), True),
        ("socket.connect", ("10.1.2.3", 443), True),
        ("socket.connect", ("127.0.0.1", 443), False),
        ("socket.connect", ("169.254.169.254", 80), False),
        ("socket.connect", ("::1", 80, 0, 0), False),
        ("socket.connect", ("::ffff:127.0.0.1", 80, 0, 0), False),
        ("socket.connect", ("fe80::1%eth0", 80, 0, 2), False),
        ("socket.connect", ("localhost", 80), False),
        ("socket.connect", "/run/docker.sock", False),
        ("socket.connect", b"\0abstract", False),
        ("socket.sendto", ("192.168.0.1", 514), False),
        ("socket.sendto", ("10.9.9.9", 514), True),
        ("subprocess.Popen", None, False),
        ("os.system", None, False),
        ("syslog.syslog", None, False),
        ("open", "/etc/hosts", True),
    ],
)
def test_the_guard_of_the_child(event: str, address: Any, is_allowed: bool) -> None:
    """Connections go to public addresses and to those of DELIVERY_ALLOW, by sockets only."""
    result = SendingReport()
    hook = build_hook(build_guard(["10.0.0.0/8"]), result)
    if is_allowed:
        hook(event, (None, address))
    else:
        with pytest.raises(PermissionError):
            hook(event, (None, address))
    assert result.refusals == (not is_allowed)
