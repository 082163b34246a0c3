"""Writes services/cleaner/page/dates/months.json: the names of the months by Unicode's CLDR (babel). All of CLDR in memory is 60 MB.

python -m training.cleaner.months
"""

from typing import Final

import orjson
from babel import Locale

from services.cleaner.page.dates.written_dates import MONTHS

_LANGUAGES: Final = """
en de fr es it pt nl sv da nb fi is et lv lt pl cs sk sl hr sr bs mk bg ru uk be ro hu el tr az kk uz ka hy sq ca gl eu
id ms vi fil sw zu xh af he ar fa ur hi bn ta te th km mn so am
"""
_SHORTEST: Final = 3
_DECEMBER: Final = 12


def months() -> dict[str, int]:
    """Number of each month by its names, in lower case; a name that means two months is left out."""
    known: dict[str, set[int]] = {}
    for language in _LANGUAGES.split():
        forms = Locale(language).months
        for number, name in (
            (n, forms[use][width][n])
            for use in forms
            for width in ("wide", "abbreviated")
            for n in range(1, _DECEMBER + 1)
        ):
            bare = name.rstrip(".").casefold()
            if len(bare) >= _SHORTEST and not any(
                character.isdigit() or character.isspace() for character in bare
            ):
                known.setdefault(bare, set()).add(number)
    return {name: min(numbers) for name, numbers in known.items() if len(numbers) == 1}


if __name__ == "__main__":
    MONTHS.write_bytes(
        orjson.dumps(months(), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    )
