"""Wait until a replay has been matched, and take a hash of the alerts that it raised."""

import hashlib
from typing import Any, Final

from services.console.errors import EXIT_BAD, fail
from services.console.topics.idle import STAGES, wait_until_idle
from services.console.topics.topic_reader import iter_retained
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS
from shared.messages.headers import REPLAY_ID, decode_headers

VERIFY_STAGES: Final = tuple(
    stage for stage in STAGES if stage[0] in ("cleaner", "tagger", "alerting/match")
)
VERIFY_TIMEOUT_S: Final = 3_600.0


async def wait_for_alerts(cluster: Cluster, replay_id: str) -> str:
    """Wait until all is matched, and return the SHA-256 of the replay's set of alerts."""
    if not await wait_until_idle(cluster, deadline_s=VERIFY_TIMEOUT_S, stages=VERIFY_STAGES):
        raise fail("the services have not finished: are they running? (`summitwire up`)", EXIT_BAD)
    return await alerts_sha256(cluster, replay_id)


async def alerts_sha256(cluster: Cluster, replay_id: str | None = None) -> str:
    """Return the SHA-256 over the set of alerts (of one replay).

    It is taken over the alerts' canonical bytes, which hold their ids, sorted, each once.
    """
    alerts = {
        record.value
        async for record in iter_retained(cluster, ALERTS.name)
        if replay_id in (None, _replay_id(record))
    }
    return hashlib.sha256(b"\n".join(sorted(alerts))).hexdigest()


def _replay_id(record: Any) -> str | None:
    return decode_headers(record.headers).get(REPLAY_ID)
