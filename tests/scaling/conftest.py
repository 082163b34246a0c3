"""How time grows with the length of a text. Apart from the unit tests: it takes a minute of CPU."""

from tests.unit.cleaner.conftest import raw
from tests.unit.tagger.conftest import gazetteer

__all__ = ["gazetteer", "raw"]
