"""Compile the kernel beforehand: ``python -m services.alerting.matcher.warmup``, as images do."""

import sys

from services.alerting.language.document import Document
from services.alerting.matcher.kernel.jit import FOLDER
from services.alerting.matcher.matcher import Matcher
from shared.text.words import segment_text


def warm() -> None:
    """Compile the kernel, or load it: 15 s of processor time at first, 1 s from then on."""
    words = segment_text("a")
    Matcher().matching(Document(headline=words, body=words, tags={}, source="", language=""))


if __name__ == "__main__":
    warm()
    folder = FOLDER or "no folder, because none can be written"
    sys.stdout.write(f"the matcher's kernel is compiled; it is kept in {folder}\n")
