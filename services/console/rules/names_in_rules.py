"""A vocabulary that finds names in quotes, for commands that do not check ids."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from services.alerting.language.check import Vocabulary
from services.alerting.language.names import may_have_names
from services.console.options import ACTORS, KEYWORDS
from services.tagger.data.entry_catalogue import load_catalogue


def names_in(texts: Sequence[str]) -> Vocabulary | None:
    """Return a vocabulary if some text may hold a name in quotes, such as actor("Kim Jong Un").

    Loading it takes half a second, and few rules have names. DocumentError lists every mistake in
    the data.
    """
    return _vocabulary() if any(map(may_have_names, texts)) else None


def names_in_files(paths: Sequence[Path]) -> Vocabulary | None:
    """Return a vocabulary if some file may hold a name in quotes."""
    return names_in([path.read_bytes().decode("utf-8", "replace") for path in paths])


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return Vocabulary(name_lookup=load_catalogue(ACTORS, KEYWORDS).name_lookup, checks_ids=False)
