"""Run the fetcher: ``summitwire run fetcher``."""

from typing import NoReturn

from services.fetcher import app
from services.fetcher.settings import FetcherSettings
from shared.base import settings
from shared.service.launch import launch


def main() -> NoReturn:
    """Load the settings from the environment and run the worker."""
    chosen = settings.load(FetcherSettings)
    launch(
        app.NAME,
        chosen,
        lambda cluster, progress: app.build(cluster, progress, chosen),
        same_partitions=app.SAME_PARTITIONS,
    )


if __name__ == "__main__":
    main()
