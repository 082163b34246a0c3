"""Run the cleaner: ``summitwire run cleaner``."""

from typing import NoReturn

from services.cleaner import app
from services.cleaner.settings import CleanerSettings
from shared.base import settings
from shared.service.launch import launch


def main() -> NoReturn:
    """Load the settings from the environment and run the service."""
    chosen = settings.load(CleanerSettings)
    launch(
        app.NAME,
        chosen,
        lambda cluster, progress: app.build(cluster, progress, chosen),
        same_partitions=app.SAME_PARTITIONS,
    )


if __name__ == "__main__":
    main()
