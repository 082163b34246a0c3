"""How time grows with a text; apart from the unit tests, because it takes a minute of processor time. The data are those of the unit tests."""

from tests.unit.cleaner.conftest import raw
from tests.unit.tagger.conftest import gazetteer

__all__ = ["gazetteer", "raw"]
