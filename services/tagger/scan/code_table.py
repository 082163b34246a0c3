"""Normalise all characters of a text at once, by an array of their forms.

A text of 4 500 characters takes a tenth of the time that replacing character by character does.
"""

from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.tagger.scan.character_forms import DROPPED, FORMS

_CODE: Final = "<u4"
_DROPPED: Final = 0xFFFF_FFFE
_UNMET: Final = 0xFFFF_FFFF
_FORMS: Final[NDArray[np.uint32]] = np.full(0x110000, _UNMET, _CODE)
"""The normalised form of each character, by code point; filled when it first occurs."""


def normalise_by_code(text: str, blank: int | None) -> tuple[str, Sequence[int] | None]:
    """Return the normalised form of a text, and the offset of each of its characters in the text.

    The offsets are None where no character is dropped. ``blank`` is where a blank is dropped.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), _CODE)
    forms = _FORMS.take(codes)
    largest = int(forms.max())
    if largest == _UNMET:
        _meet(codes[forms == _UNMET])
        forms = _FORMS.take(codes)
        largest = int(forms.max())
    if largest < _DROPPED and blank is None:
        return _decode(forms, largest), None
    is_left = forms != _DROPPED
    if blank is not None:
        is_left[blank] = False
    forms = forms[is_left]
    largest = int(forms.max(initial=0))
    return _decode(forms, largest), array("q", np.flatnonzero(is_left).tobytes())


def _meet(codes: NDArray[np.uint32]) -> None:
    for code in np.unique(codes).tolist():
        _FORMS[code] = _DROPPED if DROPPED.match(chr(code)) else ord(FORMS[code])


def _decode(forms: NDArray[np.uint32], largest: int) -> str:
    if largest < 128:
        return str(forms.astype(np.uint8).data, "ascii")
    return str(forms.data, "utf-32-le")
