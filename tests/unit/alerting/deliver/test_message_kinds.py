"""What a message says of each kind of notification."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.message.content import compose, summarise
from services.alerting.deliver.channels.slack_message import render
from services.alerting.deliver.grouping.backlog import MAX_STORIES
from shared.messages.schemas import (
    ActorOnDate,
    Excerpt,
    Notification,
    NotifiedArticle,
    Severity,
    Span,
    TextChange,
    TimeSource,
)

Make = Callable[..., Notification]


def article(number: int = 1, **changes: Any) -> NotifiedArticle:
    known: dict[str, Any] = {
        "article_id": f"{number}" * 32,
        "revision": "v1",
        "version": 1,
        "source": f"Wire {number}",
        "headline": f"Ferry sinks off Busan, {number} missing",
        "uri": f"https://wire.example/{number}",
        "url": f"https://wire.example/{number}",
        "event_time": datetime(2018, 9, 10, 12, 5, tzinfo=UTC),
        "event_time_source": TimeSource.PAGE,
    }
    return NotifiedArticle(**(known | changes))


def shown(notification: Notification, board_url: str = "") -> str:
    payload = render(Post(notification=notification), board_url)
    texts = []
    for block in payload["blocks"]:
        elements = block.get("elements") or [block["text"]]
        texts += [element["text"] for element in elements]
    return "\n".join(texts).replace("\u200b", "")


def test_first_message_has_the_storys_sources(make_notification: Make) -> None:
    """The header has severity and headline; independent sources are counted and named."""
    notification = replace(
        make_notification(),
        severity=Severity.CRITICAL,
        articles=(article(1), article(2)),
        sources=("Reuters", "Yonhap", "AFP"),
    )
    lines = shown(notification).splitlines()
    assert lines[0] == "*Critical · <https://wire.example/1|Ferry sinks off Busan, 1 missing>*"
    assert lines[1] == (
        "Wire 1 · published 10 Sep 2018, 12:05 UTC · 3 independent sources: Reuters, Yonhap, AFP"
    )
    assert "Also: <https://wire.example/2|Ferry sinks off Busan, 2 missing>" in lines


def test_a_day_is_shown_as_a_day(make_notification: Make) -> None:
    """No clock time is invented."""
    notification = replace(
        make_notification(), articles=(article(event_time_precision="day"),), sources=("Wire 1",)
    )
    assert shown(notification).splitlines()[1] == "Wire 1 · published 10 Sep 2018"


def test_update_shows_its_new_sentences_first(make_notification: Make) -> None:
    """Then come the rules, each with its own sentence."""
    notification = replace(
        make_notification(source="Wire 1"),
        kind="update",
        articles=(article(),),
        new_sentences=("Twelve people were rescued.", "The captain was held."),
    )
    text = shown(notification)
    assert text.startswith("*High · Update · <")
    assert text.index("• Twelve people were rescued.") < text.index("• The captain was held.")
    assert text.index("• The captain was held.") < text.index("• _A second summit_ — Trump said a")
    assert render(Post(notification=notification))["text"].endswith("Twelve people were rescued.")


def test_first_message_does_not_list_its_text_as_new(make_notification: Make) -> None:
    """All of a first message is new."""
    notification = replace(make_notification(), articles=(article(),), new_sentences=("One.",))
    assert "New:" not in shown(notification)


def test_correction_shows_what_was_and_what_is(make_notification: Make) -> None:
    """The changed words are bold on both sides, and the field is named if it is not the body."""
    changes = (
        TextChange(field="headline", before="Two dead in fire", after="Three dead in fire"),
        TextChange(field="body", before="It began on Monday night.", after="It began at night."),
        TextChange(field="body", before="He is not guilty.", after="He is guilty."),
        TextChange(field="body", before="A new end.", after="A new end. And one more."),
    )
    notification = replace(
        make_notification(), kind="correction", articles=(article(),), changes=changes, alerts=()
    )
    lines = shown(notification).splitlines()
    assert lines[0].startswith("*High · Correction · <") or lines[0].startswith("*Correction · <")
    assert "• headline: *Two* dead in fire → *Three* dead in fire" in lines
    assert "• It began *on Monday* night. → It began *at* night." in lines
    assert "• He is *not* guilty. → He is guilty." in lines
    assert "• A new end. → A new end. *And one more.*" in lines


def test_a_correction_without_alerts_names_the_rules_that_were_told(
    make_notification: Make,
) -> None:
    """Whoever gets it sees why."""
    notification = replace(
        make_notification(),
        kind="correction",
        articles=(article(),),
        alerts=(),
        earlier_rules=("second-summit", "sanctions"),
    )
    assert "rules second-summit, sanctions" in compose(Post(notification=notification)).notes


def test_correction_without_known_changes_says_so(make_notification: Make) -> None:
    """A publisher may call an article corrected without changing a word that is known here."""
    notification = replace(make_notification(), kind="correction", articles=(article(),))
    assert "*Its publisher has marked it as corrected.*" in shown(notification)


def test_withdrawal_is_plain_and_repeats_nothing(make_notification: Make) -> None:
    """It names the withdrawn article and the rules, and repeats none of its sentences."""
    made = make_notification(pubstatus="canceled")
    notification = replace(
        made, kind="withdrawal", articles=(article(1), article(2, pubstatus="canceled"))
    )
    text = shown(notification)
    assert text.startswith("*High · Withdrawn · <https://wire.example/2|")
    assert "*Its publisher has taken back this article.*" in text
    assert "• _A second summit_\n" in text
    assert "Trump said" not in text
    assert "taken back" in summarise(compose(Post(notification=notification)))
    withheld = replace(notification, articles=(article(pubstatus="withheld"),))
    assert "*Its publisher has withheld this article.*" in shown(withheld)


def test_corroboration_counts_the_sources(make_notification: Make) -> None:
    """The number is the kind's word."""
    notification = replace(
        make_notification(), kind="corroborated", articles=(article(),), sources=("A", "B", "C")
    )
    assert shown(notification).startswith("*High · 3 independent sources · <")


def test_digest_lists_every_story(make_notification: Make) -> None:
    """Each is a linked line, in the order given."""
    notification = replace(
        make_notification(),
        kind="digest",
        alerts=(),
        severity=Severity.MEDIUM,
        reason="waited while the address took no messages",
        articles=tuple(article(number) for number in range(1, 10)),
    )
    lines = shown(notification).splitlines()
    assert lines[:2] == [
        "*Medium · Digest · 9 stories*",
        "waited while the address took no messages",
    ]
    assert len([line for line in lines if line.startswith("• <https://wire.example/")]) == 9


def test_a_line_of_a_digest_names_severity_and_rules(make_notification: Make) -> None:
    """So a critical story does not look like a low one; a story without alerts has its note."""
    (alert,) = make_notification().alerts
    of_first = replace(alert, article_id=article(1).article_id)
    alerts = (
        replace(of_first, severity=Severity.LOW),
        replace(of_first, rule_id="b", rule_title="B", severity=Severity.CRITICAL),
        replace(alert, article_id=article(2).article_id, severity=Severity.MEDIUM, rule_title=""),
        replace(alert, article_id="elsewhere"),
    )
    notification = replace(
        make_notification(),
        kind="digest",
        alerts=alerts,
        articles=(article(1), article(2), article(3, pubstatus="canceled")),
    )
    lines = [line for line in shown(notification).splitlines() if line.startswith("• ")]
    assert "> · Critical · " in lines[0]
    assert lines[0].endswith(" · A second summit and 1 more")
    assert "> · Medium · " in lines[1]
    assert lines[1].endswith(f" · {alert.rule_id}")
    assert "withdrawn" in lines[2]


def test_a_digest_of_forty_stories_has_all_their_lines(make_notification: Make) -> None:
    """As long as their headlines and rules are of a usual length."""
    (alert,) = make_notification().alerts
    articles = tuple(
        article(number, headline=f"{number} " + "Talks on the fate of the strait go on " * 2)
        for number in range(MAX_STORIES)
    )
    alerts = tuple(replace(alert, article_id=each.article_id) for each in articles)
    notification = replace(make_notification(), kind="digest", alerts=alerts, articles=articles)
    lines = [line for line in shown(notification).splitlines() if line.startswith("• ")]
    assert len(lines) == MAX_STORIES
    assert all("> · High · " in line and "A second summit" in line for line in lines)


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("Wire Y", "ZD 2"), "also told by ZD 2"),
        (("ZD 2", "Wire Y", "Strait Times"), "also told by ZD 2, Strait Times"),
        (("Wire Y",), ""),
        ((), ""),
    ],
)
def test_a_withdrawn_source_is_no_independent_one(
    make_notification: Make, sources: tuple[str, ...], expected: str
) -> None:
    """Only what still stands is named."""
    withdrawn = article(1, pubstatus="canceled", source="Wire Y")
    notification = replace(
        make_notification(), kind="withdrawal", articles=(withdrawn,), sources=sources
    )
    content = compose(Post(notification=notification))
    assert [fact for fact in content.facts if "told" in fact] == [expected] * bool(expected)
    assert not any("independent" in fact for fact in content.facts)


def test_notice_says_its_reason(make_notification: Make) -> None:
    """It has no article."""
    notification = replace(
        make_notification(),
        kind="notice",
        alerts=(),
        severity=Severity.HIGH,
        reason="slack:sports takes no messages (404)",
    )
    assert shown(notification) == "*High · Notice · slack:sports takes no messages (404)*"


def test_each_rule_has_one_line_with_its_own_sentence(make_notification: Make) -> None:
    """The first alert of a rule decides; an article of another source is named."""
    made = make_notification()
    first = made.alerts[0]
    excerpt = Excerpt(field="body", text="Talks end.", marks=(Span(start=0, end=5),))
    second = replace(
        first, rule_id="talks", rule_title="Talks", excerpts=(excerpt,), source="Yonhap"
    )
    again = replace(first, excerpts=(excerpt,), headline="Another article")
    text = shown(replace(made, alerts=(first, second, again)))
    assert "• _A second summit_ — Trump said a *second* *summit* with Kim was close." in text
    assert "• _Talks_ (Yonhap) — *Talks* end." in text
    assert text.count("_A second summit_") == 1
    assert "rules second-summit, talks" in text


def test_at_most_six_actors_by_weight_over_all_articles(make_notification: Make) -> None:
    """The weightiest of each article come first."""
    made = make_notification(
        actors=tuple(ActorOnDate(actor=name, name=name) for name in ("A", "B", "C", "D"))
    )
    others = tuple(ActorOnDate(actor=name, name=name) for name in ("E", "B", "F", "G"))
    second = replace(made.alerts[0], rule_id="x", article_id="9" * 32, actors=others)
    content = compose(Post(notification=replace(made, alerts=(*made.alerts, second))))
    assert content.actors == ("A", "E", "B", "C", "F", "D", "+1 more")


def test_footer_links_only_pages_that_exist(make_notification: Make) -> None:
    """Why needs the board's address; folded articles and alerts without room are counted."""
    made = make_notification()
    notification = replace(made, folded=3, omitted=2)
    without = shown(notification)
    assert "<https://wire.example/1|Open> · rule second-summit · 3 more said" in without
    assert "Why" not in without
    assert "3 more said nothing new · 2 more alerts" in without
    text = shown(notification, "https://board.example")
    why = f"https://board.example/why/{made.alerts[0].alert_id}"
    assert f"<https://wire.example/1|Open> · <{why}|Why>" in text
    assert f"• _<{why}|A second summit>_ — Trump" in text


def test_what_does_not_fit_is_counted(make_notification: Make) -> None:
    """With fifty rules of long sentences the most urgent are shown, the others counted."""
    made = make_notification()
    words = "summit " * 60
    excerpt = Excerpt(field="body", text=words, marks=(Span(start=0, end=6),))
    alerts = tuple(
        replace(made.alerts[0], rule_id=f"r{number}", excerpts=(excerpt,)) for number in range(50)
    )
    text = shown(replace(made, alerts=alerts))
    assert "and 30 more rules" in text
    assert "and 38 more" in text
    assert all(line.endswith("summit…") for line in text.splitlines() if line.startswith("• "))
