"""Settings come from the environment (12-factor). All mistakes are told at once; secrets are masked and may come from ``NAME_FILE``."""

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

from shared.base.exits import ConfigurationError as ConfigurationError  # noqa: PLC0414 - many import it from here
from shared.base.exits import TemporaryError as TemporaryError  # noqa: PLC0414 - many import it from here
from shared.base.exits import UnreachableError as UnreachableError  # noqa: PLC0414 - many import it from here
from shared.base.project import project_root as project_root  # noqa: PLC0414 - many import it from here

S = TypeVar("S", bound="BaseSettings")


class _FromFile(EnvSettingsSource):
    """Reads ``NAME_FILE`` where ``NAME`` is a setting: the way containers hand over secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - the signature is the library's
        path = self.env_vars.get(f"{field_name}_file")
        return (_secret(field_name, path) if path else None), field_name, False


class Settings(BaseSettings):
    """The base of every group of settings: environment first, then ``*_FILE``, then the default."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's; a .env file is not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Where values come from, the strongest first."""
        return init_settings, env_settings, _FromFile(settings_cls)


class KafkaSettings(Settings):
    """How to reach the cluster, and under which prefix our topics, groups and transactions live there."""

    kafka_bootstrap: str = Field("127.0.0.1:9092", description="host:port, comma-separated")
    kafka_topic_prefix: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]{0,100}$",
        description="put before every topic, group and transactional id",
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_cafile: Path | None = None
    kafka_connect_timeout_s: float = Field(
        10.0, gt=0, le=600, description="how long to try before giving up at start"
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
    """What every service can be told."""

    http_host: str = Field(
        "127.0.0.1",
        description="where /livez, /readyz and /metrics are served; closed to other machines by default",
    )
    http_port: int = Field(0, ge=0, le=65535, description="0: the service's own default port")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"
    drain_s: float = Field(
        10.0, gt=0, le=60, description="how long a stopping service may finish what it has begun"
    )
    batch_max_records: int = Field(500, ge=1, le=10_000)
    watchdog_s: float = Field(
        120.0,
        gt=0,
        description="a partition with records but no progress for so long ends the process",
    )
    item_time_limit_s: float = Field(
        5.0,
        gt=0,
        le=60,
        description="CPU time that one record, page or feed may take; a busy machine takes none of it",
    )
    item_memory_limit_mb: int = Field(
        512,
        ge=64,
        description="address space that one record, page or feed may need beyond what its process has",
    )


class ProcessPoolSettings(Settings):
    """What a service can be told that works on pages and feeds in child processes (shared/limits/process_pool.py)."""

    workers: int = Field(1, ge=1, le=64, description="child processes")


def load(settings: type[S]) -> S:
    """The settings from the environment; ConfigurationError lists every mistake, with no value shown."""
    try:
        return settings()
    except ValidationError as error:
        raise ConfigurationError("\n".join(_told(error))) from None
    except SettingsError as error:
        raise ConfigurationError(str(error.__cause__ or error)) from None


def parse_addresses(bootstrap: str) -> list[tuple[str, int]]:
    """``host:port,host:port`` as pairs; an IPv6 host stands in brackets. ValueError says which entry is none."""
    found = list(map(_address, filter(None, (entry.strip() for entry in bootstrap.split(",")))))
    if not found:
        raise ValueError("names no broker: write host:port, e.g. 127.0.0.1:9092")
    return found


def _address(entry: str) -> tuple[str, int]:
    host, _, port = entry.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    bad_host = not bare or "/" in bare or "@" in bare or (":" in bare and bare == host)
    if bad_host or not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= 65_535):
        shown = entry.rpartition("@")[2]  # what stands before it in an address may be a password
        raise ValueError(f"{shown!r} is not host:port, e.g. 127.0.0.1:9092")
    return bare, int(port)


def mask_secrets(settings: BaseSettings) -> dict[str, str]:
    """Every setting under its environment name, secrets as stars."""
    return {name.upper(): str(value) for name, value in settings.model_dump().items()}


def _secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ConfigurationError(f"{name.upper()}_FILE: {path} cannot be read: {why}") from None


def _told(error: ValidationError) -> Iterable[str]:
    for mistake in error.errors(include_url=False, include_input=False):
        name = "_".join(str(part) for part in mistake["loc"]).upper()
        yield ": ".join(filter(None, (name, mistake["msg"].removeprefix("Value error, "))))
