"""Import a library without the optional extras that it would load on the way."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
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


def remember_absence(*names: str) -> None:
    """Let imports of these modules fail at once if they are not installed.

    For a library that tries an import again in each call: Python would search its whole path.
    """
    absent: Any = None
    for name in names:
        if name not in sys.modules and find_spec(name) is None:
            sys.modules[name] = absent
