"""The tagger's settings, from the environment."""

from pathlib import Path

from pydantic import Field

from shared.base.project import project_root
from shared.base.settings import ServiceSettings


class TaggerSettings(ServiceSettings):
    """The folders of the data that people edit."""

    actors_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "actors")
    keywords_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "keywords")
