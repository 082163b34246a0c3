"""The matcher's kernel: the files that its cache depends on.

shared/base/jit.py says how its functions are compiled and cached.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from shared.base.jit import Kernel
from shared.text import apostrophes

_HERE: Final = Path(__file__).parent
_MADE_OF: Final = (
    *_HERE.glob("*.py"),
    _HERE.parent / "characters.py",
    *(_HERE.parents[1] / "language").rglob("*.py"),
    *Path(apostrophes.__file__).parent.glob("*.py"),
)
_KERNEL: Final = Kernel(_HERE, _MADE_OF, allocates=False)
FOLDER: Final = _KERNEL.folder


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function to machine code; numba infers its types."""
    return _KERNEL.jit(function)
