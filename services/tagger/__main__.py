"""Run the tagger: ``summitwire run tagger``."""

from typing import NoReturn

from services.tagger import app
from services.tagger.settings import TaggerSettings
from shared.base import settings
from shared.service.launch import launch


def main() -> NoReturn:
    """Load the settings from the environment and start the worker."""
    tagger_settings = settings.load(TaggerSettings)
    launch(
        app.NAME,
        tagger_settings,
        lambda cluster, progress: app.build(cluster, progress, tagger_settings),
    )


if __name__ == "__main__":
    main()
