"""Run the tagger: ``summitwire run tagger``."""

from typing import NoReturn

from services.tagger import app
from services.tagger.settings import TaggerSettings
from shared.base import settings
from shared.service.launch import launch


def main() -> NoReturn:
    """Settings from the environment, then the worker."""
    chosen = settings.load(TaggerSettings)
    launch(app.NAME, chosen, lambda cluster, progress: app.build(cluster, progress, chosen))


if __name__ == "__main__":
    main()
