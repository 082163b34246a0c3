"""Settings from the environment: all mistakes at once, no value shown, secrets from files."""

from pathlib import Path

import pytest

from shared.base import settings
from shared.base.exits import ConfigurationError
from shared.base.settings import KafkaSettings, ServiceSettings


def test_every_mistake_is_told_at_once_and_no_value_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator mends them in one go; a value may be a secret in the wrong place."""
    monkeypatch.setenv("HTTP_PORT", "99999")
    monkeypatch.setenv("DRAIN_S", "s3cret")
    with pytest.raises(ConfigurationError) as caught:
        settings.load(ServiceSettings)
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["HTTP_PORT", "DRAIN_S"]
    assert "s3cret" not in str(caught.value)
    assert "99999" not in str(caught.value)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As containers hand them over; the variable itself is stronger."""
    (tmp_path / "password").write_text("from-file\n")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "password"))
    chosen = settings.load(KafkaSettings).kafka_sasl_password
    assert chosen is not None
    assert chosen.get_secret_value() == "from-file"
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "from-environment")
    chosen = settings.load(KafkaSettings).kafka_sasl_password
    assert chosen is not None
    assert chosen.get_secret_value() == "from-environment"


def test_a_secrets_file_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With what the system said about it."""
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "nothing"))
    with pytest.raises(
        ConfigurationError,
        match=r"^KAFKA_SASL_PASSWORD_FILE: .*/nothing cannot be read: No such file or directory$",
    ):
        settings.load(KafkaSettings)


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """In what doctor and the logs show."""
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "hunter2")
    masked = settings.mask_secrets(settings.load(KafkaSettings))
    assert masked["KAFKA_SASL_PASSWORD"] == "**********"
    assert masked["KAFKA_BOOTSTRAP"] == "127.0.0.1:9092"


def test_a_prefix_that_kafka_would_refuse_is_refused_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first topic is asked for."""
    monkeypatch.setenv("KAFKA_TOPIC_PREFIX", "a b")
    with pytest.raises(ConfigurationError, match="KAFKA_TOPIC_PREFIX"):
        settings.load(KafkaSettings)
