"""A worker for the fault tests: deliver alone, in the real service shell.

Usage: deliver_program.py; addresses come from the environment, as in production. A notification
whose headline names an action of tests/hostile_work.py performs it while it is rendered.
"""

import time
from dataclasses import dataclass

from services.alerting.deliver.channels.answers import Answer
from services.alerting.deliver.channels.channel import Channel, Post, PostingPace
from services.alerting.deliver.channels.table import build_channels
from services.alerting.deliver.deliverer import Deliverer
from services.alerting.settings import AlertingSettings
from shared.base import log, settings
from shared.http.clients import delivery_client
from shared.kafka.cluster import Cluster
from shared.limits.record_limits import RecordLimits
from shared.service import worker
from shared.stream.watchdog import Progress
from tests.hostile_work import act


@dataclass(frozen=True, slots=True)
class HostileChannel:
    """A channel that performs the action named by a notification's headline when it renders it."""

    channel: Channel

    @property
    def pace(self) -> PostingPace:
        return self.channel.pace

    def rate_limit_key(self, name: str) -> str | None:
        return self.channel.rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        act(post.notification.alerts[0].headline.encode())
        return self.channel.render(post)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        return await self.channel.send(name, body, notification_id)


def main() -> None:
    """Deliver until SIGTERM."""
    chosen = settings.load(AlertingSettings)
    log.configure("faults", level=chosen.log_level)
    progress = Progress(chosen.watchdog_s, time.monotonic())
    addresses = chosen.channel_addresses()
    client = delivery_client(hosts=addresses.hosts(), allowed=["127.0.0.1"])
    known = build_channels(client, addresses)
    hostile = {name: HostileChannel(channel) for name, channel in known.items()}
    deliverer = Deliverer(
        Cluster(chosen),
        progress,
        hostile,
        drain_s=chosen.drain_s,
        limits=RecordLimits.from_settings(chosen),
    )
    worker.run(
        worker.Service(
            name="faults", components=[deliverer], progress=progress, checks=deliverer.checks
        ),
        chosen,
    )


if __name__ == "__main__":
    main()
