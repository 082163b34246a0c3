"""Import a library without the optional extras that it would load on the way."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def without_modules(*names: str) -> Iterator[None]:
    """Make imports of these modules fail inside the block, as if they were not installed.

    Modules that are loaded already are left alone: hiding them would save nothing.
    """
    hidden = [name for name in names if name not in sys.modules]
    absent: Any = None  # Python raises ModuleNotFoundError for a module that is None
    for name in hidden:
        sys.modules[name] = absent
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
