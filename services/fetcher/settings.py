"""The fetcher's environment."""

from pydantic import Field

from shared.base.ports import PUSH_PORT
from shared.base.settings import ProcessPoolSettings, ServiceSettings
from shared.http.clients import WEB_PORTS


class FetcherSettings(ServiceSettings, ProcessPoolSettings):
    """Which feeds to poll, and how gently."""

    item_time_limit_s: float = Field(
        2.0, gt=0, le=60, description="CPU time that reading a feed or a robots.txt may take"
    )
    item_memory_limit_mb: int = Field(
        64, ge=64, description="address space that reading a feed may add to its child process"
    )
    feeds_file: str = Field(
        "", description="the feeds to poll, like seeds/feeds.yaml; none by default"
    )
    drop_folder: str = Field(
        "", description="a folder with a folder for each source, whose files become articles"
    )
    drop_trigger: str = Field(
        "",
        pattern=r"^(\.[A-Za-z0-9._-]{1,20})?$",
        description="the suffix of the file that says that a dropped file is complete, like .ok",
    )
    mailbox: str = Field(
        "", description="a mailbox whose messages become articles: imaps://user@host/INBOX"
    )
    mailbox_password_file: str = Field(
        "", description="the file with the mailbox's password, read at every login"
    )
    mailbox_source: str = Field(
        "mail",
        pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$",
        description="the source of the mailbox's articles: a folder in DROP_FOLDER",
    )
    mailbox_interval_s: float = Field(
        30.0, ge=1, le=3600, description="how often to look for new messages"
    )
    fetch_allow: str = Field(
        "",
        description="private networks, addresses or hosts for feeds and pages, comma-separated",
    )
    fetch_ports: str = Field(
        ",".join(map(str, WEB_PORTS)),
        pattern=r"^ *[0-9]{1,5}( *, *[0-9]{1,5})* *$",
        description="ports on which feeds and pages of public hosts may be, comma-separated",
    )
    fetch_user_agent: str = Field(
        "",
        pattern=r"^([!-~]([ -~]{0,298}[!-~])?)?$",
        description="the fetcher's name for servers; summitwire/VERSION by default",
    )
    fetch_contact: str = Field(
        "",
        pattern=r"^([!-~]{1,200})?$",
        description="whom publishers may write to about the fetcher: an e-mail address or a page",
    )
    feeds_at_once: int = Field(
        10, ge=1, le=100, description="feeds that are polled at the same time"
    )
    pages_per_host: int = Field(
        2, ge=1, le=20, description="feeds and pages that one host is asked for at the same time"
    )
    pages_per_host_per_s: float = Field(
        2.0, gt=0, le=100, description="feeds and pages per second that one host is asked for"
    )
    push_tokens_file: str = Field(
        "", description="the tokens with which articles may be posted; without it nobody may"
    )
    push_host: str = Field(
        "127.0.0.1", description="where articles are posted to; by default only locally"
    )
    push_port: int = Field(
        PUSH_PORT, ge=1, le=65535, description="the port that they are posted to"
    )
    push_url: str = Field(
        "",
        pattern=r"^(https?://[^\s?#@/]+(/[^\s?#]*)?)?$",
        description="the public address of PUSH_PORT, under which hubs push; none by default",
    )
    push_max_kb: int = Field(
        1024, ge=1, le=4096, description="the largest body of a POST, in KiB, also when inflated"
    )
    push_per_s: float = Field(
        20.0,
        gt=0,
        le=1000,
        description="articles per second that each token may post in the long run, ten at once",
    )

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Return the private networks, addresses and hosts that may be asked."""
        return tuple(self.fetch_allow.split(","))

    @property
    def open_ports(self) -> tuple[int, ...]:
        """Return the ports on which public hosts may be asked."""
        return tuple(int(port) for port in self.fetch_ports.split(","))
