"""The kernel: functions of this folder that loop over characters, blocks or nodes are compiled.

Their machine code is kept between processes.
"""

from pathlib import Path
from typing import Final

from shared.base.jit import Kernel

_HERE: Final = Path(__file__).parent
jit: Final = Kernel(_HERE, _HERE.rglob("*.py")).jit
"""Decorator: compile the function to machine code."""
