"""Import a library without the optional extras that it would load on the way."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


@contextmanager
def without_modules(*names: str) -> Iterator[None]:
    """Make imports of these modules fail inside the block, as if they were not installed.

    Modules that are loaded already are left alone: hiding them would save nothing.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = cast("ModuleType", None)  # Python then raises ModuleNotFoundError
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
