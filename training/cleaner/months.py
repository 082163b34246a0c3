"""Write shared/dates/months.json: names of the months by Unicode's CLDR (babel).

All of CLDR would take 60 MB in memory.

python -m training.cleaner.months
"""

from typing import Final

import orjson
from babel import Locale

from shared.dates.months import MONTHS

_LANGUAGES: Final = """
en de fr es it pt nl sv da nb fi is et lv lt pl cs sk sl hr sr bs mk bg ru uk be ro hu el tr az
kk uz ka hy sq ca gl eu id ms vi fil sw zu xh af he ar fa ur hi bn ta te th km mn so am
"""
_MIN_CHARACTERS: Final = 3
_DECEMBER: Final = 12


def months() -> dict[str, int]:
    """Return the number of each month by its names, in lower case.

    A name that means two months is left out.
    """
    numbers: dict[str, set[int]] = {}
    for language in _LANGUAGES.split():
        forms = Locale(language).months
        widths = [forms[use][width] for use in forms for width in ("wide", "abbreviated")]
        for number, name in ((n, names[n]) for names in widths for n in range(1, _DECEMBER + 1)):
            bare = name.rstrip(".").casefold()
            is_word = not any(character.isdigit() or character.isspace() for character in bare)
            if len(bare) >= _MIN_CHARACTERS and is_word:
                numbers.setdefault(bare, set()).add(number)
    return {name: min(values) for name, values in numbers.items() if len(values) == 1}


if __name__ == "__main__":
    options = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    MONTHS.write_bytes(orjson.dumps(months(), option=options))
