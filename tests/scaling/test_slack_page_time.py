"""No message takes the stand-in's page more time per character when it is longer."""

from collections.abc import Callable

import pytest

from services.console.fake_slack.page.mrkdwn import render_mrkdwn, render_plain
from tests.hostile_texts import Shape
from tests.time_per_byte import MOST_TIMES_SLOWER, slowdown

SHAPES = {
    **{repr(unit): Shape(unit) for unit in "*_~`<>&|:\n\"' \u202e"},
    "opened only": Shape(" *a _b ~c `d <e"),
    "blanks before the end": Shape(" " * 50, head="*a", tail="*"),
    "one bold": Shape("a", head="*", tail="*"),
    "crossed": Shape("*a _b* c_ ~d `e~ f` "),
    "nested": Shape("*a _b ~c `d` c~ b_ a* "),
    "links": Shape("<https://x.example|a>"),
    "an endless address": Shape("https://"),
    "codes": Shape(":a"),
    "fences": Shape("```a"),
    "quotations": Shape("&gt; a\n"),
    "entities": Shape("&amp;"),
}


def _rendering(render: Callable[[str], object]) -> Callable[[str], Callable[[], object]]:
    return lambda text: lambda: render(text)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("render", [render_mrkdwn, render_plain])
def test_time_is_proportional_to_a_texts_length(name: str, render: Callable[[str], object]) -> None:
    """A text four times as long takes about four times as long."""
    assert slowdown(_rendering(render), SHAPES[name]) <= MOST_TIMES_SLOWER
