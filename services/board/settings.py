"""The board's environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from services.alerting.rules.shape import find_destination_problem
from shared.base.ports import PORTS
from shared.base.project import project_root
from shared.base.settings import ServiceSettings
from shared.feedback.link_settings import LinkSettings
from shared.http.host_names import HostNames

LOCAL_SERVICES: Final = ",".join(
    f"{name}=http://127.0.0.1:{port}" for name, port in PORTS.items() if name != "board"
)


class BoardSettings(ServiceSettings, LinkSettings):
    """What the board shows, and to how many viewers."""

    board_services: str = Field(
        LOCAL_SERVICES,
        description="services to probe: name=http://host:port, comma-separated; may be empty",
    )
    board_poll_s: float = Field(
        5.0, ge=0.2, le=300, description="how often to poll them and the cluster, in seconds"
    )
    board_alerts: int = Field(
        500, ge=1, le=5_000, description="how many alerts the board keeps; the oldest are dropped"
    )
    board_viewers: int = Field(
        200,
        ge=1,
        le=10_000,
        description="how many pages may be open at once; more get 503",
    )
    board_hosts: str = Field(
        "",
        description="host names to answer to besides localhost and HTTP_HOST, comma-separated",
    )
    board_url: str = Field(
        "", description="the address under which people open the board: https://…"
    )
    board_articles: int = Field(
        200,
        ge=0,
        le=250,
        description="how many recent articles are kept for rule previews; 0: none",
    )
    routes_file: str = Field(
        "",
        description="the routes by which rule previews count messages, docs/routes.md; empty: none",
    )
    delivery_fallback: str = Field(
        "", description="the operators' destination, for alerts that have no outcome"
    )
    actors_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "actors")
    keywords_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "keywords")

    @field_validator("delivery_fallback")
    @classmethod
    def _check_fallback(cls, value: str) -> str:
        if value and (problem := find_destination_problem(value)):
            raise ValueError(problem)
        return value

    @field_validator("board_services")
    @classmethod
    def _check_services(cls, value: str) -> str:
        parse_services(value)
        return value

    @field_validator("board_url")
    @classmethod
    def _check_url(cls, value: str) -> str:
        if value and not _is_address(value):
            raise ValueError("it must be http://… or https://… with a host, without a user")
        return value.rstrip("/")

    @field_validator("board_hosts")
    @classmethod
    def _check_hosts(cls, value: str) -> str:
        HostNames.from_settings(value)
        return value


def parse_services(text: str) -> Mapping[str, str]:
    """Parse ``name=http://host:port, …`` into names and URLs without a trailing slash.

    Raises ValueError that names the bad entry.
    """
    urls: dict[str, str] = {}
    for entry in filter(None, (entry.strip() for entry in text.split(","))):
        name, _, url = (part.strip() for part in entry.partition("="))
        if not name or not _is_address(url):
            raise ValueError(f"{name or entry!r} must be name=http://host:port")
        if name in urls:
            raise ValueError(f"{name!r} is listed twice")
        urls[name] = url.rstrip("/")
    return urls


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.username is None
            and parts.port != 0
        )
    except ValueError:
        return False
