"""Settings from the environment (12-factor).

All mistakes are reported at once. Secrets are masked and may come from a file (``NAME_FILE``).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.exceptions import SettingsError

from shared.base.exits import ConfigurationError

S = TypeVar("S", bound="BaseSettings")


class _SecretFilesSource(EnvSettingsSource):
    """Reads a setting ``NAME`` from the file ``NAME_FILE``, the way containers pass secrets."""

    def get_field_value(
        self,
        field: FieldInfo,  # noqa: ARG002 - the signature is the library's
        field_name: str,
    ) -> tuple[Any, str, bool]:
        """Return the file's content, None without ``NAME_FILE``."""
        path = self.env_vars.get(f"{field_name}_file")
        return (_load_secret(field_name, path) if path else None), field_name, False


class Settings(BaseSettings):
    """The base of every group of settings: environment first, then ``*_FILE``, then the default."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - .env files are not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - we have our own
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources of values, the strongest first."""
        return init_settings, env_settings, _SecretFilesSource(settings_cls)


class KafkaSettings(Settings):
    """How to reach the cluster, and the prefix of our topics, groups and transactions there."""

    kafka_bootstrap: str = Field("127.0.0.1:9092", description="host:port, comma-separated")
    kafka_topic_prefix: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,100}$",
        description="prefix of every topic, group and transactional id",
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_cafile: Path | None = None
    kafka_connect_timeout_s: float = Field(
        10.0, gt=0, le=600, description="how long a start waits for the broker and topics"
    )

    @field_validator("kafka_bootstrap")
    @classmethod
    def _check_bootstrap(cls, value: str) -> str:
        parse_addresses(value)
        return value

    @model_validator(mode="after")
    def _check_sasl(self) -> Self:
        if self.kafka_security_protocol.startswith("SASL") and not (
            self.kafka_sasl_username and self.kafka_sasl_password
        ):
            needed = "KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD_FILE (or KAFKA_SASL_PASSWORD)"
            raise ValueError(
                f"KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol} needs {needed}"
            )
        return self


class ServiceSettings(KafkaSettings):
    """The settings that every service has."""

    http_host: str = Field(
        "127.0.0.1",
        description="where /livez, /readyz and /metrics are served; by default only locally",
    )
    http_port: int = Field(0, ge=0, le=65535, description="0: the service's own default port")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"
    drain_s: float = Field(
        10.0, gt=0, le=60, description="how long a stopping service may finish its running work"
    )
    batch_max_records: int = Field(500, ge=1, le=10_000)
    watchdog_s: float = Field(
        120.0,
        gt=0,
        description="a partition with records but no progress for this long ends the process",
    )
    item_time_limit_s: float = Field(
        5.0,
        gt=0,
        le=60,
        description="CPU time that one record, page or feed may take",
    )
    item_memory_limit_mb: int = Field(
        512,
        ge=64,
        description="address space that one record, page or feed may add to its process",
    )


class ProcessPoolSettings(Settings):
    """The settings of services with child processes (shared/limits/process_pool.py)."""

    workers: int = Field(1, ge=1, le=64, description="child processes")


def load(settings: type[S]) -> S:
    """Load settings from the environment; ConfigurationError lists every mistake, but no value."""
    try:
        return settings()
    except ValidationError as error:
        raise ConfigurationError("\n".join(_list_mistakes(error))) from None
    except SettingsError as error:
        raise ConfigurationError(str(error.__cause__ or error)) from None


def parse_addresses(bootstrap: str) -> list[tuple[str, int]]:
    """Parse ``host:port,host:port``; an IPv6 host is in brackets. ValueError names a bad entry."""
    entries = filter(None, (entry.strip() for entry in bootstrap.split(",")))
    addresses = [_parse_address(entry) for entry in entries]
    if not addresses:
        raise ValueError("names no broker: write host:port, e.g. 127.0.0.1:9092")
    return addresses


def _parse_address(entry: str) -> tuple[str, int]:
    host, _, port = entry.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    bad_host = not bare or "/" in bare or "@" in bare or (":" in bare and bare == host)
    if bad_host or not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= 65_535):
        without_password = entry.rpartition("@")[2]
        raise ValueError(f"{without_password!r} is not host:port, e.g. 127.0.0.1:9092")
    return bare, int(port)


def mask_secrets(settings: BaseSettings) -> dict[str, str]:
    """Return every setting as text by its environment name, secrets as asterisks."""
    return {name.upper(): str(value) for name, value in settings.model_dump().items()}


def _load_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(f"{name.upper()}_FILE: {path} cannot be read: {why}") from None


def _list_mistakes(error: ValidationError) -> Iterable[str]:
    for mistake in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in mistake["loc"]).upper()
        yield ": ".join(filter(None, (name, mistake["msg"].removeprefix("Value error, "))))
