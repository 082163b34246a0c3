"""The Slack message: what it shows, that feeds cannot format it, and that it always fits."""

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.message.shorten import clip, clip_around_marks
from services.alerting.deliver.channels.mrkdwn import (
    ZERO_WIDTH,
    bold_marks,
    escape,
    fit,
    literal,
)
from services.alerting.deliver.channels.slack_message import render, render_plain
from services.alerting.deliver.channels.slack_sizes import find_problems, refusal
from services.alerting.deliver.channels.wording import latency
from shared.messages.schemas import ActorOnDate, Excerpt, Notification, Span, TimeSource
from tests.hypothesis_profiles import examples

Make = Callable[..., Notification]
SPECIAL = re.compile(r"<(?!https?://[^<>|]+\|[^<>]*>)")


def texts(payload: dict[str, Any]) -> list[str]:
    found = [payload["text"]]
    for block in payload["blocks"]:
        found += [element["text"] for element in block.get("elements", [])] + (
            [block["text"]["text"]] if "text" in block else []
        )
    return found


def test_shows_everything_a_reader_needs(make_notification: Make) -> None:
    """The message has everything, and links do not unfurl.

    That is the linked headline, severity, rule, source, time, sentence with bold matches, office
    held then, latency and fallback.
    """
    payload = render(
        Post(notification=make_notification(), times={"t-published": 1_000, "now": 2_800})
    )
    shown = "\n".join(texts(payload))
    assert "<https://wire.example/1|Second summit near>" in shown
    assert "Trump said a *second* *summit* with Kim was close." in shown
    assert "Mike Pompeo (Secretary of State)" in shown
    assert "published → here 1.8 s" in shown
    assert "Example Wire · published 10 Sep 2018, 12:05 UTC" in shown
    assert "rule second-summit" in shown
    assert "<https://wire.example/1|Open>" in shown
    head = payload["blocks"][0]["text"]["text"]
    assert head.startswith("*High · <https://wire.example/1|Second summit near>*\n")
    assert "• _A second summit_ — Trump" in shown
    assert payload["text"].startswith("High: Second summit near")
    assert payload["unfurl_links"] is False
    assert payload["unfurl_media"] is False


def test_repeat_is_marked_everywhere(make_notification: Make) -> None:
    """A possible repeat shows the start of its id in the message, fallback and plain form.

    A first post never does.
    """
    notification = make_notification()
    mark = f"possible repeat · id {notification.notification_id[:4]}"
    full = render(Post(notification=notification, is_possible_repeat=True))
    assert mark in full["text"]
    assert mark in full["blocks"][-1]["elements"][-1]["text"]
    assert mark in render_plain(Post(notification=notification, is_possible_repeat=True))["text"]
    assert "possible repeat" not in orjson.dumps(render(Post(notification=notification))).decode()


@pytest.mark.parametrize(
    "hostile",
    [
        "<!channel> now",
        "<@U123>",
        "&lt;!here&gt;",
        "a|b <!everyone|x>",
        "<https://evil.example|Click>",
        "</b>",
    ],
)
def test_feed_text_cannot_ping_or_link(make_notification: Make, hostile: str) -> None:
    """Whatever a feed says is text, in every field: it cannot mention anyone or link."""
    excerpt = Excerpt(field="body", text=hostile, marks=(Span(start=0, end=3),))
    notification = make_notification(
        headline=hostile,
        source=hostile,
        rule_title=hostile,
        excerpts=(excerpt,),
        uri=hostile,
        actors=(ActorOnDate(actor="x", name=hostile),),
    )
    for payload in (
        render(Post(notification=notification)),
        {**render_plain(Post(notification=notification)), "blocks": []},
    ):
        assert not [text for text in texts(payload) if SPECIAL.search(text)]
        assert "&amp;lt;!here" in orjson.dumps(payload).decode() or "&lt;!here" not in hostile


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://a b",
        "https://x|<!channel>",
        "https://x>\n",
        "ftp://x/y",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(make_notification: Make, url: str | None) -> None:
    """An address that is not a plain http(s) URL is not linked, and cannot end our own link."""
    payload = render(Post(notification=make_notification(url=url)))
    assert not [text for text in texts(payload) if "<" in text]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (
            'https://wire.example/a?filter={x="y"}|z',
            "https://wire.example/a?filter=%7Bx=%22y%22%7D%7Cz",
        ),
        ("https://wire.example/a>b<c", "https://wire.example/a%3Eb%3Cc"),
        ("https://wire.example/a b\\c`d^", "https://wire.example/a%20b%5Cc%60d%5E"),
        (" https://wire.example/북한?q=a&b=%22 ", "https://wire.example/북한?q=a&amp;b=%22"),
        ("https://wire.example?q=\u00a0\n", "https://wire.example?q="),
        ("https://wire.example/#a|<!channel>", "https://wire.example/#a%7C%3C!channel%3E"),
    ],
)
def test_an_address_with_other_characters_keeps_its_link(
    make_notification: Make, url: str, target: str
) -> None:
    """What would end Slack's link is percent-encoded, in the headline and in the footer."""
    shown = texts(render(Post(notification=make_notification(url=url))))
    assert sum(text.count(f"<{target}|") for text in shown) == 2
    assert not [text for text in shown if "<!" in text]


@pytest.mark.parametrize(
    "text",
    [
        "Great result 3:100:1, he wrote :thumbsup: to :us:",
        ":+1::skin-tone-2: and :e-mail:",
        "at 12:30:45, :日本: and a:b:c:d",
        "::x:: : y : http://x.example:8080/a",
        "*:fire:* _:8ball:_ &:a:",
    ],
)
def test_colon_codes_are_shown_as_they_are_written(make_notification: Make, text: str) -> None:
    """Slack turns :code: into an emoji in sections and plain messages; a feed's text is a text."""
    code = re.compile(r":[^\s:<>]+:")
    excerpt = Excerpt(field="body", text=text, marks=(Span(start=0, end=3),))
    post = Post(
        notification=make_notification(
            headline=text, source=text, excerpts=(excerpt,), url=None, uri="x"
        )
    )
    payload = render(post)
    for shown in (*texts(payload), render_plain(post)["text"]):
        visible = [match[0] for match in code.finditer(shown) if ZERO_WIDTH not in match[0]]
        assert visible == []
    assert literal(text).replace(ZERO_WIDTH, "") == escape(text)


def test_formatting_characters_do_not_break_marks() -> None:
    """A feed's stars, underscores, tildes and backticks are shown; only our stars make bold."""
    shown = bold_marks("a *b* _c_ `d` ~e~", [Span(start=2, end=5)])
    ours = re.findall(rf"(?<!{ZERO_WIDTH})\*|\*(?!{ZERO_WIDTH})", shown)
    assert len(ours) == 2
    assert shown.replace(ZERO_WIDTH, "") == "a **b** _c_ `d` ~e~"
    assert literal("<&>") == "&lt;&amp;&gt;"


def test_marks_may_touch_overlap_or_leave_the_text() -> None:
    """Overlapping and touching marks are joined, without blanks at their edges.

    What lies outside the text is ignored.
    """
    marks = [
        Span(start=0, end=4),
        Span(start=2, end=6),
        Span(start=6, end=9),
        Span(start=90, end=99),
        Span(start=-5, end=-1),
    ]
    assert bold_marks("one two three", marks).replace(ZERO_WIDTH, "") == "*one two t*hree"
    assert bold_marks("line\none", [Span(start=0, end=8)]) == "*line one*"
    assert bold_marks("북한의", [Span(start=0, end=2)]) == f"*북한*{ZERO_WIDTH}의"


@given(
    text=st.text(max_size=300),
    spans=st.lists(st.tuples(st.integers(-5, 310), st.integers(-5, 310)), max_size=20),
)
def test_bold_adds_only_marks(text: str, spans: list[tuple[int, int]]) -> None:
    """Without our stars and zero-width spaces the text is the escaped text, whatever the spans."""
    shown = bold_marks(text, [Span(start=a, end=b) for a, b in spans])
    assert shown.replace(ZERO_WIDTH, "").replace("*", "") == literal(text).replace(
        ZERO_WIDTH, ""
    ).replace("*", "")


@given(text=st.text(alphabet="ab&<>…", max_size=400), limit=st.integers(8, 200))
def test_cut_text_fits_and_says_so(text: str, limit: int) -> None:
    """Cut text is never longer than allowed and ends in …, and no entity is cut in two."""
    assert len(clip(text, limit)) <= limit
    fitted = fit(text, limit, escape)
    assert len(fitted) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", fitted)


def test_long_sentence_is_cut_around_the_match() -> None:
    """A long sentence is cut around its first mark, and the mark stays on the same word."""
    text = "x " * 400 + "summit" + " y" * 400
    cut, marks = clip_around_marks(text, [Span(start=800, end=806)], 100)
    assert len(cut) <= 100
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert cut[marks[0].start : marks[0].end] == "summit"


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filler=st.sampled_from(["&", "<", "*", "x", "ü", "&*"]),
    length=st.integers(0, 5_000),
    step=st.integers(1, 7),
)
def test_always_within_slacks_limits(
    make_notification: Make, filler: str, length: int, step: int
) -> None:
    """However long its parts are, and however much is escaped, Slack accepts the message."""
    text = filler * length
    marks = tuple(Span(start=at, end=at + 1) for at in range(0, len(text), step))
    excerpts = tuple(Excerpt(field="body", text=text, marks=marks) for _ in range(5))
    actors = tuple(ActorOnDate(actor=str(number), name=text) for number in range(20))
    fields = {
        "headline": text,
        "source": text,
        "rule_title": text,
        "rule_id": text,
        "url": "https://x/" + text,
    }
    notification = make_notification(**fields, excerpts=excerpts, actors=actors)
    payload = render(Post(notification=notification, is_possible_repeat=True))
    assert list(find_problems(payload["blocks"])) == []
    assert refusal(payload) is None
    assert refusal(render_plain(Post(notification=notification, is_possible_repeat=True))) is None


@pytest.mark.parametrize(
    ("times", "replayed", "said"),
    [
        ({"t-published": 0, "now": 1_840}, False, "published → here 1.8 s"),
        ({"t-published": 0, "t-fetched": 100_000, "now": 180_000}, False, "published → here 3 min"),
        ({"t-published": 0, "now": 7_200_000}, False, "published → here 2 h"),
        (
            {"t-published": 0, "t-fetched": 10**12, "now": 10**12 + 400},
            False,
            "fetched → here 0.4 s",
        ),
        ({"t-published": 5_000, "now": 1_000}, False, ""),
        ({"now": 1_000}, False, ""),
        ({}, False, ""),
        ({"t-published": 0, "now": 1_840}, True, "replayed"),
    ],
)
def test_latency_is_only_told_where_it_makes_sense(
    make_notification: Make, times: dict[str, int], replayed: bool, said: str
) -> None:
    """A live article's latency is shown; an old, future or unknown time shows none.

    A replay says that it is one.
    """
    assert latency(Post(notification=make_notification(), times=times, is_replay=replayed)) == said


def test_unknown_publication_time_is_said_to_be_fetched(make_notification: Make) -> None:
    """If the publication time is unknown, the message does not claim one."""
    payload = render(Post(notification=make_notification(event_time_source=TimeSource.FETCHED)))
    assert "fetched 10 Sep 2018" in orjson.dumps(payload).decode()


def test_kill_is_said(make_notification: Make) -> None:
    """The message says that the publisher withdrew the article."""
    assert (
        "withdrawn by its publisher"
        in orjson.dumps(render(Post(notification=make_notification(pubstatus="canceled")))).decode()
    )


def test_plain_form_has_no_markup(make_notification: Make) -> None:
    """The last resort is one text without blocks and markup, and with the address untouched."""
    payload = render_plain(
        Post(
            notification=make_notification(
                url="https://wire.example/a_b_c", headline="<!channel> *now*"
            )
        )
    )
    assert set(payload) == {"text", "mrkdwn", "unfurl_links", "unfurl_media"}
    assert payload["mrkdwn"] is False
    assert "https://wire.example/a_b_c" in payload["text"]
    assert "&lt;!channel&gt; *now*" in payload["text"]
