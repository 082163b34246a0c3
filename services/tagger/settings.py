"""The tagger's environment."""

from pathlib import Path

from pydantic import Field

from shared.base.settings import ServiceSettings, project_root


class TaggerSettings(ServiceSettings):
    """Where the data that people edit lies."""

    actors_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "actors")
    keywords_dir: Path = Field(default_factory=lambda: project_root() / "seeds" / "keywords")
