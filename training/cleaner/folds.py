"""The folds of cross-validation, by domain."""

import zlib
from typing import Final

FOLDS: Final = 10


def fold_of(domain: str) -> int:
    """Return the fold that a domain's pages are tested in.

    All of them are in one fold, so that no model is tested on a site that it knows.
    """
    return zlib.crc32(domain.encode()) % FOLDS
