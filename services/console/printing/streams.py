"""The encoding of standard output and error."""

import codecs
import sys
from typing import Final

ESCAPE: Final = "summitwire-escape"


def escape_what_cannot_be_printed() -> None:
    r"""Have both streams print a character that their encoding lacks as ``\uXXXX``.

    That is readable in text and right in JSON.
    """
    codecs.register_error(ESCAPE, _escape)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # tests replace the streams by others
            reconfigure(errors=ESCAPE)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    escaped = (f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    return "".join(escaped), error.end
