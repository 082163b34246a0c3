"""A worker for the fault tests: deliver alone, in the real shell. Usage: deliver_program.py; addresses as in production."""

import time

from services.alerting.channels.table import channels
from services.alerting.deliver import Deliverer
from services.alerting.settings import AlertingSettings
from shared import log, settings, worker
from shared.http import delivery_client
from shared.kafka import Cluster
from shared.watchdog import Progress


def main() -> None:
    """Deliver until SIGTERM."""
    chosen = settings.load(AlertingSettings)
    log.configure("faults", level=chosen.log_level)
    progress = Progress(chosen.watchdog_s, time.monotonic())
    slack = chosen.slack()
    known = channels(delivery_client(hosts=slack.hosts(), allowed=["127.0.0.1"]), slack=slack, webhook=chosen.webhook())
    deliverer = Deliverer(Cluster(chosen), progress, known, drain_s=chosen.drain_s)
    worker.run(worker.Service(name="faults", runs=[deliverer], progress=progress, checks=deliverer.checks), chosen)


if __name__ == "__main__":
    main()
