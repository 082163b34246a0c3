"""Run the board: ``summitwire run board``."""

from typing import NoReturn

from services.board import app
from services.board.settings import BoardSettings
from shared.base import settings
from shared.service.launch import launch


def main() -> NoReturn:
    """Load the settings from the environment and run the worker."""
    chosen = settings.load(BoardSettings)
    launch(app.NAME, chosen, lambda cluster, progress: app.build(cluster, progress, chosen))


if __name__ == "__main__":
    main()
