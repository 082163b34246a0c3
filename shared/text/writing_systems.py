"""Scripts without spaces between words, as ranges for a regular expression's character class.

A word in them is (docs/rules.md) each Han or kana character, and each Thai, Lao, Burmese or Khmer
letter with its marks.
"""

from typing import Final

SIGNS: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Han and kana."""
LETTERED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese and Khmer: letters, marks, digits and punctuation."""
UNSPACED: Final = LETTERED + SIGNS
