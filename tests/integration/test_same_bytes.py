"""The same bytes give the same article, in any process and with any hash seed."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import hashlib, sys
from datetime import UTC, datetime
from services.cleaner.pipeline import clean
from shared.messages.codec import encode
from shared.messages.schemas import RawArticle

page = sys.stdin.buffer.read()
raw = RawArticle(
    source="s",
    uri="urn:s:1",
    content_type="text/html",
    content=page,
    fetched_at=datetime(2018, 9, 12, tzinfo=UTC),
    origin="push",
)
for _ in range(2):
    print(hashlib.sha256(encode(clean(raw))).hexdigest())
"""
SENTENCES = [
    (
        f"Both sides said on day {day} that talk number {day} of {day + 1} would go on until the "
        "end of the week."
    )
    for day in range(30)
]
PAGE = (
    "<html><head><title>Talks go on</title><meta name=author content='Ann Lee, Bo Kim'></head>"
    "<body><nav><a href=/>Home</a></nav><article>"
)
PAGE += (
    "<h1>Talks go on</h1>"
    + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    + "<aside><a href=/a>More</a></aside><p>So it went.</p>"
)


def digests(seed: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=PAGE.encode(),
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return result.stdout.decode().split()


def test_two_runs_in_two_processes_give_the_same_article() -> None:
    """The bytes are the same, signature and findings included."""
    first, second = digests("1"), digests("2")
    assert len(first) == 2
    assert len({*first, *second}) == 1
    assert first[0] != hashlib.sha256(b"").hexdigest()
