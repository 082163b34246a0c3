"""Offices named without their holders, in sentences by a writer who did not see the rules."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from shared.messages.schemas import TaggedArticle

PASSAGES = Path(__file__).parents[3] / "passages" / "offices" / "holders.txt"
MARK = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
NOBODY = "-"


def sentences() -> Iterator[tuple[date, str]]:
    for line in PASSAGES.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            day, text = line.split(" | ", 1)
            yield date.fromisoformat(day), text


@pytest.mark.parametrize(("day", "marked"), list(sentences()), ids=lambda part: str(part)[:40])
def test_an_office_has_its_holder_of_the_day(
    day: date, marked: str, tagged: Callable[..., TaggedArticle]
) -> None:
    """The mention names the holder, and nobody where nobody may be asserted."""
    text, expected = MARK.sub(r"\1", marked), []
    shift = 0
    for mark in MARK.finditer(marked):
        start = mark.start() - shift
        expected.append((start, start + len(mark[1]), mark[2]))
        shift += len(mark[0]) - len(mark[1])
    mentions = tagged(text, day=day).mentions
    for start, end, holder in expected:
        actors = {
            mention.actor
            for mention in mentions
            if mention.start < end and start < mention.end and mention.actor
        }
        assert actors == (set() if holder == NOBODY else {holder}), text[start:end]
