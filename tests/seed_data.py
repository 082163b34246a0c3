"""The data of the seeds, loaded once in each test process.

Commands that tests run, also in forks, share it as long as it is held here.
"""

from functools import cache

from services.console.options import ACTORS, KEYWORDS
from services.tagger.data.entries import Entries
from services.tagger.data.gazetteer import Gazetteer, load_indexed_gazetteer
from services.tagger.data.loader import load_entries


@cache
def seed_entries() -> Entries:
    return load_entries(ACTORS, KEYWORDS)


@cache
def seed_gazetteer() -> Gazetteer:
    seed_entries()
    return load_indexed_gazetteer(ACTORS, KEYWORDS)
