"""The matcher's kernel: which files it is made of; shared/base/jit.py says how its functions are compiled and kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from shared.base.jit import Kernel

_HERE: Final = Path(__file__).parent
_MADE_OF: Final = (
    *_HERE.glob("*.py"),
    _HERE.parent / "characters.py",
    *(_HERE.parents[1] / "language").rglob("*.py"),
)
_KERNEL: Final = Kernel(_HERE, _MADE_OF, allocates=False)
FOLDER: Final = _KERNEL.folder


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function in machine code; its types are numba's to infer."""
    return _KERNEL.jit(function)
