"""The stand-in's page shows messages as Slack does, and nothing on it acts by itself."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from services.alerting.deliver.channels.mrkdwn import literal
from services.console.fake_slack.events import (
    AcceptedPost,
    MessageEdit,
    ReactionChange,
    format_ts,
)
from services.console.fake_slack.page.blocks import render_content
from services.console.fake_slack.page.channel_page import ChannelView, render_page
from services.console.fake_slack.page.mrkdwn import render_mrkdwn, render_plain
from services.console.fake_slack.readable import readable
from services.console.fake_slack.workspace import SlackWorkspace
from tests.hypothesis_profiles import examples
from tests.unit.console.fake_slack.slack_texts import ATTRIBUTES, HOSTILE, TAGS

INVISIBLE = [
    *range(0x20),
    *(0x7F, 0x85, 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "fields", "accessory", "url", "style", "emoji"]
            ),
            inner
            | st.sampled_from(["section", "context", "rich_text", "button", "mrkdwn", "link"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


def fragment(shown: str) -> Any:
    """Parse a part of a page."""
    return html.fragment_fromstring(shown, create_parent="main")


def whole_page(workspace: SlackWorkspace, channel: str, user: str = "U0READER") -> Any:
    """Parse a channel's page."""
    return html.document_fromstring(render_page(ChannelView(workspace, channel, user)))


def text_object(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": kind, "text": text}


def everywhere(text: str) -> dict[str, Any]:
    """Return a message with a text in every place that shows one."""
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    button = {"type": "button", "text": text_object(text, "plain_text"), "url": text}
    return {
        "text": text,
        "blocks": [
            {"type": "header", "text": text_object(text, "plain_text")},
            {"type": "section", "text": text_object(text), "accessory": button},
            {"type": "section", "fields": [text_object(text), text_object(text, "plain_text")]},
            {"type": "context", "elements": [text_object(text)]},
            {"type": "rich_text", "elements": [rich]},
            {"type": "image", "image_url": text, "alt_text": text},
            {"type": "markdown", "text": text},
            {"type": text},
        ],
        "attachments": [{"title": text, "text": text}],
    }


def assert_inert(shown: str) -> None:
    """Fail if there is an element, attribute, address or character that could act or hide."""
    tree = fragment(shown)
    for each in tree.iterdescendants():
        assert each.tag in TAGS | {"button"}, each.tag
        assert set(each.keys()) <= ATTRIBUTES | {"type", "disabled"}
        if address := each.get("href"):
            assert address.startswith(("http://", "https://", "mailto:")), address
            assert each.get("rel") == "noopener noreferrer nofollow"
    assert not set(shown) & set(map(chr, INVISIBLE)) - {"\n", "\t"}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_acts(text: str) -> None:
    """Posted as it is, in every place of a message, it is text, a mention or a web link."""
    assert_inert(render_content(everywhere(text)))
    assert_inert(render_content({"text": text}))
    assert_inert(render_content({"text": text, "mrkdwn": False}))


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    """As our renderer escapes it, it formats, links and mentions nothing."""
    shown = fragment(render_mrkdwn(literal(f"It said {text}"), is_verbatim=True))
    assert {each.tag for each in shown.iterdescendants()} <= {"span"}
    assert {each.get("class") for each in shown.iterdescendants()} <= {"hidden"}
    for each in shown.iterdescendants():
        each.text = chr(int(each.text.replace("U+", "0x"), 0))
    assert _visible(shown.text_content()) == _visible(f"It said {text}")


def _visible(text: str) -> str:
    """Return the text as ``literal`` keeps it.

    Controls are blanks; zero-width spaces and what overrides the direction are nothing.
    """
    blanks = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
    nothing = dict.fromkeys([0x200B, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
    return "".join(text.translate(blanks | nothing).split(" "))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* and _italic_ ~gone~", "<b>bold</b> and <i>italic</i> <s>gone</s>"),
        ("*bold _both_*", "<b>bold <i>both</i></b>"),
        ("2*3*4 a_b_c", "2*3*4 a_b_c"),
        ("* no * _ no _", "* no * _ no _"),
        ("`*code*` &amp;lt;", "<code>*code*</code> &amp;lt;"),
        ("one\ntwo", "one<br>two"),
        ("&gt; said\nafter", "<blockquote>said</blockquote>after"),
        (":fire: :nothing:", '<span class="emoji" title=":fire:">🔥</span> :nothing:'),
        ("<!channel>", '<span class="mention">@channel</span>'),
        ("<#C1|news>", '<span class="mention">#news</span>'),
        ("<!subteam^S1>", '<span class="mention">@S1</span>'),
        ("<!date^1^{date}|10 Sep>", "<time>10 Sep</time>"),
        ("<not a link>", "&lt;not a link&gt;"),
        ("\u202ex", '<span class="hidden" title="a character that cannot be seen">U+202E</span>x'),
    ],
)
def test_formats_as_slack_does(text: str, shown: str) -> None:
    """What Slack documents of mrkdwn."""
    assert render_mrkdwn(text) == shown


@pytest.mark.parametrize(
    ("text", "addresses", "visible"),
    [
        ("<https://a.example/?x=1&amp;y=2|A &amp; B>", ["https://a.example/?x=1&y=2"], "A & B"),
        ("<https://a.example>", ["https://a.example"], "https://a.example"),
        ("see https://a.example/b.", ["https://a.example/b"], "see https://a.example/b."),
        ("<mailto:a@b.example|A>", ["mailto:a@b.example"], "A"),
        ("<ftp://a.example|A>", [], "<ftp://a.example|A>"),
        ("(https://a.example/x_y_z)", ["https://a.example/x_y_z"], "(https://a.example/x_y_z)"),
    ],
)
def test_links_what_slack_links(text: str, addresses: list[str], visible: str) -> None:
    """Marked links and bare addresses, decoded once."""
    tree = fragment(render_mrkdwn(text))
    assert [each.get("href") for each in tree.iter("a")] == addresses
    assert tree.text_content() == visible


def test_plain_text_only_has_emoji() -> None:
    """A header formats nothing, and shows no emoji if it says so."""
    assert render_plain("*a* :fire: &amp;") == (
        '*a* <span class="emoji" title=":fire:">🔥</span> &amp;'
    )
    assert render_plain(":fire:", has_emoji=False) == ":fire:"


@examples(200)
@given(payload=st.dictionaries(st.sampled_from(["text", "blocks", "attachments"]), VALUES))
def test_any_message_is_shown(payload: dict[str, Any]) -> None:
    """Neither page nor terminal fails for a message, however odd, and what is shown is inert."""
    assert_inert(render_content(payload))
    assert isinstance(readable(payload), str)


@examples(200)
@given(text=st.text(alphabet="*_~`<>|&;:!@#\n ab\u200b\u202e\"'/=", max_size=40))
def test_any_text_is_inert(text: str) -> None:
    """Whatever is made of Slack's own characters."""
    assert_inert(render_mrkdwn(text))


def a_workspace() -> SlackWorkspace:
    """Return a channel with a thread, an edit and reactions, and one with a webhook's message."""
    workspace = SlackWorkspace(archived={"old"})
    stamps = [format_ts(1_600_000_000_000_000 + number) for number in range(4)]
    for ts, channel, thread_ts in (
        (stamps[0], "newsroom", None),
        (stamps[1], "newsroom", stamps[0]),
        (stamps[2], "old", None),
    ):
        hook = "old" if channel == "old" else ""
        payload = {"text": f"message {ts}"}
        workspace.apply(
            AcceptedPost(
                hook=hook, payload=payload, at_s=1.6e9, channel=channel, ts=ts, thread_ts=thread_ts
            )
        )
    edit = {"text": "edited text"}
    workspace.apply(
        MessageEdit(channel="newsroom", ts=stamps[0], edited_ts=stamps[3], payload=edit)
    )
    for user in ("U0READER", "U0EDITOR"):
        workspace.apply(
            ReactionChange(channel="newsroom", ts=stamps[0], name="eyes", user=user, is_added=True)
        )
    return workspace


def test_shows_threads_edits_and_reactions() -> None:
    """A reply stands in its parent, which says that it was edited and who reacted."""
    tree = whole_page(a_workspace(), "newsroom", "U0EDITOR")
    (parent,) = tree.xpath("//main//article[not(ancestor::article)]")
    (reply,) = parent.xpath(".//article")
    assert "edited text" in parent.text_content()
    assert "(edited" in parent.text_content()
    assert reply.xpath("ancestor::details/summary")[0].text_content() == "1 reply"
    (eyes,) = parent.xpath("form//button[@value='eyes']")
    assert eyes.get("aria-label") == "Looking: Reader, Editor"
    assert eyes.get("aria-pressed") == "true"
    assert [each.text_content().split() for each in tree.xpath("//nav//li")] == [
        ["#", "newsroom", "2"],
        ["#", "old", "1"],
    ]


def test_says_what_is_archived_empty_or_gone() -> None:
    """A channel without messages, and a thread whose parent was dropped, say so."""
    workspace = a_workspace()
    assert "# old (archived)" in whole_page(workspace, "old").text_content()
    assert "No message yet" in render_page(ChannelView(SlackWorkspace(), ""))
    parent = next(iter(workspace.channels["newsroom"]))
    del workspace.channels["newsroom"][parent]
    assert "An older message" in render_page(ChannelView(workspace, "newsroom"))
