"""The kernel: every function of this folder that loops over characters, blocks or nodes is compiled, and its machine code kept."""

from pathlib import Path
from typing import Final

from shared.base.jit import Kernel

_HERE: Final = Path(__file__).parent
compiled: Final = Kernel(_HERE, _HERE.rglob("*.py")).jit
"""Decorator: the function in machine code."""
