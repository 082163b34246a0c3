"""How doctor reports mistakes; tests/integration runs it with a real broker."""

from pathlib import Path

import pytest

from services.console.doctor import SAME_AS_ABOVE, CheckResult, _destinations, _run_check
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


RULES = """
rules:
  - {id: one, title: One, severity: high, when: 'actor(kim-jong-un)', notify: [slack:newsroom, slack:ops]}
  - {id: two, title: Two, severity: low, when: 'actor(kim-jong-un)', notify: [slack:ops, email:zoo]}
  - {id: three, title: Three, severity: low, when: 'actor(kim-jong-un)', notify: [file:log]}
"""
ROUTES = """
receivers: [{name: asia, notify: [webhook:asia, slack:newsroom]}]
route: {routes: [{receiver: asia, matchers: [severity=low]}]}
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Set up rules, routes and one address."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yaml").write_text(RULES)
    (tmp_path / "routes.yaml").write_text(ROUTES)
    monkeypatch.setenv("RULES_DIR", str(tmp_path / "rules"))
    monkeypatch.setenv("ROUTES_FILE", str(tmp_path / "routes.yaml"))
    monkeypatch.setenv("SLACK_WEBHOOKS", "newsroom: https://hooks.slack.example/x")
    return monkeypatch


def check() -> list[CheckResult]:
    return list(_run_check("destinations", _destinations, set()))


def test_destinations_without_an_address_are_named_with_who_names_them(
    environment: pytest.MonkeyPatch,
) -> None:
    """Of rules, routes and the fallback, each with the setting that is missing."""
    environment.setenv("DELIVERY_FALLBACK", "slack:duty")
    slack = "no address is configured (SLACK_WEBHOOKS or SLACK_CHANNELS)"
    assert [(result.ok, result.message) for result in check()] == [
        (False, "email:zoo (rule two): no address is configured (SMTP_URL and EMAIL_ADDRESSES)"),
        (False, "file:log (rule three): no address is configured (DELIVERY_FILES_DIR)"),
        (False, f"slack:duty (DELIVERY_FALLBACK): {slack}"),
        (False, f"slack:ops (rule one, rule two): {slack}"),
        (False, "webhook:asia (receiver asia): no address is configured (WEBHOOK_URLS)"),
    ]


def test_where_everything_has_an_address_it_is_in_order(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The default webhook is the address of every name of slack:."""
    environment.setenv("SLACK_WEBHOOK_URL", "https://hooks.slack.example/all")
    environment.setenv("WEBHOOK_URLS", "asia: https://in.example/x")
    environment.setenv("SMTP_URL", "smtps://mail.example")
    environment.setenv("EMAIL_FROM", "alerts@wire.example")
    environment.setenv("EMAIL_ADDRESSES", "zoo: a@wire.example")
    environment.setenv("DELIVERY_FILES_DIR", str(tmp_path))
    (result,) = check()
    assert result.ok
    assert "hooks.slack.example" in result.message


def test_no_address_at_all_is_no_mistake_yet(environment: pytest.MonkeyPatch) -> None:
    """Who has just begun has none."""
    environment.delenv("SLACK_WEBHOOKS")
    (result,) = check()
    assert result.ok
    assert "wait for one" in result.message


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "DELIVERY_FALLBACK",
            "ops",
            "DELIVERY_FALLBACK: 'ops' is not a destination; write slack:ops",
        ),
        ("DELIVERY_FILES_DIR", "/nosuchdir", "DELIVERY_FILES_DIR: /nosuchdir does not exist"),
        ("DELIVERY_FILES_DIR", "/dev/null", "DELIVERY_FILES_DIR: /dev/null is not a folder"),
    ],
)
def test_settings_that_lead_nowhere_are_mistakes(
    environment: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    """They were shown as if they were in order."""
    environment.setenv(name, value)
    (result,) = check()
    assert not result.ok
    assert result.message.startswith(expected)
