"""Run alerting: ``summitwire run alerting``, or some of its stages: ``summitwire run alerting --only match``."""

from collections.abc import Sequence
from typing import NoReturn

from services.alerting import app
from services.alerting.settings import AlertingSettings
from shared.base import settings
from shared.service.launch import launch


def main(only: Sequence[str] = app.STAGES) -> NoReturn:
    """Settings from the environment, then the worker."""
    chosen = settings.load(AlertingSettings)
    unknown = sorted(set(only) - set(app.STAGES))
    if unknown:
        raise settings.ConfigurationError(
            f"--only {unknown[0]}: alerting has the stages {', '.join(app.STAGES)}"
        )
    launch(
        app.NAME,
        chosen,
        lambda cluster, progress: app.build(cluster, progress, chosen, only),
        same_partitions=app.SAME_PARTITIONS,
    )


if __name__ == "__main__":
    main()
