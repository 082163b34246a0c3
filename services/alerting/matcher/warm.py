"""Have the kernel compiled before it is needed: ``python -m services.alerting.matcher.warm`` does it where an image is built."""

import sys

from services.alerting.language.document import Document
from services.alerting.language.words import segment_text
from services.alerting.matcher.kernel.jit import FOLDER
from services.alerting.matcher.matcher import Matcher


def warm() -> None:
    """Compile the kernel, or read it from disk: 15 s of processor time the first time, and 1 s from then on."""
    words = segment_text("a")
    Matcher().matching(Document(headline=words, body=words, tags={}, source="", language=""))


if __name__ == "__main__":
    warm()
    sys.stdout.write(
        f"the matcher's kernel is compiled; it is kept in {FOLDER or 'no folder: none can be written'}\n"
    )
