"""What answers mean, and that no address is ever shown."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerting.deliver.channels.addresses import AddressError, Addresses, parse_addresses
from services.alerting.deliver.channels.answers import Verdict, classify, classify_error
from services.alerting.deliver.channels.slack import classify_response
from services.alerting.deliver.channels.webhook import sign_headers
from shared.http.errors import HttpErrorKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "https://hooks.slack.example/services/T0/B0/verysecret"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *((status, "accepted") for status in (200, 202, 204)),
        *((status, "unsent") for status in (421, 425, 429)),
        *((status, "in_doubt") for status in (408, 500, 501, 502, 503, 504, 507, 599)),
        *((status, "malformed") for status in (400, 406, 409, 411, 413, 414, 415, 422, 431, 499)),
        *((status, "gone") for status in (101, 301, 302, 304, 307, 308)),
        *((status, "gone") for status in (401, 402, 403, 404, 405, 407, 410, 451, 511)),
    ],
)
def test_verdict_of_a_status(status: int, verdict: str) -> None:
    """Each status has one meaning."""
    assert classify(status, b"", {}, now=NOW).verdict == verdict


@pytest.mark.parametrize("kind", list(HttpErrorKind))
def test_verdict_of_a_failure(kind: HttpErrorKind) -> None:
    """Only what certainly never left is unsent, and an address that must not be requested is gone.

    Everything else is in doubt.
    """
    expected = Verdict.UNSENT if kind.is_unsent else Verdict.IN_DOUBT
    if kind in (HttpErrorKind.BAD_URL, HttpErrorKind.REFUSED):
        expected = Verdict.GONE
    assert classify_error(kind).verdict is expected


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1.0),
        ("30", 30.0),
        ("999999", 3600.0),
        ("soon", None),
        ("-5", None),
        ("Thu, 01 Jan 2026 00:00:10 GMT", 10.0),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    """It is seconds or a date; nonsense is ignored, and an hour is the limit."""
    assert classify(429, b"", {"Retry-After": value}, now=NOW).retry_after_s == seconds


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        *((body, "accepted") for body in (b"ok", b"ok\n", b"", b"OK", b"success", b"1", b"true")),
        (b'{"success":true}', "accepted"),
        (b'{"ok": true, "ts": "1"}', "accepted"),
        (b'{"result":"success","msg":""}', "accepted"),
        (b'{"id":"x7","status":"queued"}', "accepted"),
        (b"{}", "accepted"),
        (b'{"ok":false,"error":"invalid_auth"}', "unsent"),
        (b'{"success":false}', "unsent"),
        (b'{"result":"error","msg":"no stream"}', "unsent"),
        (b"queued for later", "in_doubt"),
        (b'{"success":tr', "in_doubt"),
        (b"\xff\xfe", "in_doubt"),
        (b"<html>Log in", "gone"),
        (b" <!doctype html><title>Portal", "gone"),
        (b"Please sign in to continue. " * 9, "gone"),
    ],
)
def test_slack_says_ok(body: bytes, verdict: str) -> None:
    """So do servers that are compatible with it, in JSON; a page is not a delivery."""
    assert classify_response(200, body, {}, NOW).verdict == verdict


def test_a_refusal_in_json_names_its_error_only() -> None:
    """Any other part of the body may repeat what was sent."""
    answer = classify_response(200, b'{"ok":false,"error":"invalid_auth","text":"x"}', {}, NOW)
    assert answer.detail == "200 that refuses: invalid_auth"
    long = b'{"success":false,"error":"' + SECRET.encode() + b'"}'
    assert classify_response(200, long, {}, NOW).detail == "200 that refuses"


def test_what_was_said_never_repeats_long_bodies() -> None:
    """Slack's error words are kept; any other body is not, because it may contain what we sent."""
    assert classify(400, b"invalid_blocks", {}, now=NOW).detail == "400 invalid_blocks"
    assert classify(404, SECRET.encode(), {}, now=NOW).detail == "404"


def test_addresses_show_no_secret() -> None:
    """Neither repr nor an error message contains an address."""
    found = parse_addresses(default=SECRET, document=f"newsroom: {SECRET}2\n", file="hooks.yaml")
    assert "secret" not in repr(found)
    assert found.url_for("newsroom") == SECRET + "2"
    assert found.url_for("anything") == SECRET
    assert found.hosts() == {"hooks.slack.example"}
    with pytest.raises(AddressError) as error:
        parse_addresses(
            document="a: http://hooks.slack.example/verysecret\nb: 5\nc: 'https://verysecret@x/y'\n",
            file="hooks.yaml",
        )
    assert str(error.value).count("hooks.yaml: ") == 3
    assert "verysecret" not in str(error.value)
    with pytest.raises(AddressError) as error:
        parse_addresses(document="a: {verysecret", file="hooks.yaml")
    assert "verysecret" not in str(error.value)


def test_names_with_one_address_share_a_lane() -> None:
    """Slack counts per webhook: names with the same address share a rate limit key.

    A name without an address has none.
    """
    found = parse_addresses(default=SECRET, document=f"a: {SECRET}\nb: {SECRET}2\n", file="f")
    assert found.rate_limit_key("a") == found.rate_limit_key("zzz") != found.rate_limit_key("b")
    assert Addresses().rate_limit_key("a") is None


def test_signature_follows_standard_webhooks() -> None:
    """The example of the specification's libraries gives the published signature."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = sign_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330, secret
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert "webhook-signature" not in sign_headers(
        "m", b"", int((NOW + timedelta()).timestamp()), None
    )
