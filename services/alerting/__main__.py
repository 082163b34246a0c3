"""Run alerting, ``summitwire run alerting``, or some of its stages: ``--only match``."""

from collections.abc import Sequence
from typing import NoReturn

from services.alerting import app
from services.alerting.settings import AlertingSettings
from shared.base import settings
from shared.base.exits import ConfigurationError
from shared.service.launch import launch


def main(only: Sequence[str] = app.STAGE_NAMES) -> NoReturn:
    """Load the settings from the environment and run the worker."""
    chosen = settings.load(AlertingSettings)
    unknown = sorted(set(only) - set(app.STAGE_NAMES))
    if unknown:
        raise ConfigurationError(
            f"--only {unknown[0]}: alerting has the stages {', '.join(app.STAGE_NAMES)}"
        )
    launch(
        app.NAME,
        chosen,
        lambda cluster, progress: app.build(cluster, progress, chosen, only),
        same_partitions=app.SAME_PARTITIONS,
    )


if __name__ == "__main__":
    main()
