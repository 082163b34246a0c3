"""Templates: what they may change, what they can never do, and how mistakes are reported."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.email.mail_message import Envelope, render_email
from services.alerting.deliver.channels.slack import SlackWebhooks
from services.alerting.deliver.channels.slack_message import render
from services.alerting.deliver.channels.slack_sizes import refusal
from services.alerting.deliver.channels.templates.load import load_template, load_templates
from services.alerting.deliver.channels.templates.samples import SAMPLES
from shared.base.exits import ConfigurationError
from shared.http.clients import delivery_client
from shared.messages.schemas import Excerpt, Notification, Span
from tests.feed_texts import FEED_TEXTS

Make = Callable[..., Notification]
SHIPPED = Path(__file__).parents[4] / "seeds" / "templates"
BOARD = "https://board.example"
BLANKS = re.compile(r"\s|\\n")
ENVELOPE = Envelope("a@x.example", ("b@x.example",))


def post_of(make: Make, text: str) -> Post:
    excerpt = Excerpt(field="body", text=text, marks=(Span(start=0, end=3),))
    return Post(notification=make(headline=text, source=text, excerpts=(excerpt,), uri=text))


def subject_of(message: bytes) -> str:
    return str(message_from_bytes(message, policy=default)["Subject"])


@pytest.mark.parametrize("kind", list(SAMPLES))
def test_shipped_templates_change_nothing(kind: str) -> None:
    """They say what a message looks like without them."""
    templates = load_templates(SHIPPED)
    post = SAMPLES[kind]  # type: ignore[index]  # one of its keys
    assert render(post, BOARD, templates["slack"]) == render(post, BOARD)
    assert subject_of(render_email(post, ENVELOPE, BOARD, templates["email"])) == subject_of(
        render_email(post, ENVELOPE, BOARD)
    )


@pytest.mark.parametrize("text", FEED_TEXTS, ids=lambda text: ascii(text[:20]))
def test_shipped_templates_escape_like_the_channel(make_notification: Make, text: str) -> None:
    """Feeds reach Slack through a template as they do without one, as long as they are short."""
    post = post_of(make_notification, text)
    payload = render(post, BOARD, load_templates(SHIPPED)["slack"])
    assert refusal(payload) is None
    if len(text) < 80:
        without = render(post, BOARD)
        assert [BLANKS.sub("", str(each)) for each in (payload, without)] == [
            BLANKS.sub("", str(without))
        ] * 2


def template_file(folder: Path, source: str, name: str = "slack.j2") -> Path:
    path = folder / name
    path.write_text(source)
    return path


HOSTILE = (
    "{% macro title(message) %}{{ message.headline }}{% endmacro %}",
    "{% macro title(message) %}{{ message.headline | safe }}{% endmacro %}",
    "{% macro title(message) %}{{ '<' ~ message.headline ~ '>' }}{% endmacro %}",
    "{% macro title(message) %}{{ message.headline.replace('!', '!!') }}{% endmacro %}",
    "{% macro title(message) %}{{ [message.headline] | join(' ') | upper }}{% endmacro %}",
    "{% macro title(message) %}{{ message.headline | link(message.headline) }}{% endmacro %}",
    "{% macro title(message) %}{% set x = message.headline %}{{ x }}{{ x | e }}{% endmacro %}",
)


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("text", ["<!channel> x", "<https://evil.example|y>", "*a* :fire:"])
def test_no_template_lets_a_feed_ping_or_link(
    make_notification: Make, tmp_path: Path, source: str, text: str
) -> None:
    """Whatever a template does with a text, it is escaped when it is written."""
    template = load_template(template_file(tmp_path, source), "slack")
    payload = render(post_of(make_notification, text), "", template)
    head = payload["blocks"][0]["text"]["text"]
    assert "<!" not in head
    assert "<https://evil" not in head.lower()
    assert ":fire:" not in head


def test_parts_without_a_macro_stay(make_notification: Make, tmp_path: Path) -> None:
    """A template may change one line only; an empty rule hides the line."""
    source = (
        "{% macro rule(rule) %}{% if rule.title != 'A second summit' %}x{% endif %}{% endmacro %}"
    )
    template = load_template(template_file(tmp_path, source), "slack")
    post = Post(notification=make_notification())
    blocks, plain = render(post, "", template)["blocks"], render(post)["blocks"]
    assert blocks == [plain[0], *plain[2:]]


def test_mail_takes_subject_and_footer(make_notification: Make, tmp_path: Path) -> None:
    """Line breaks in a subject do not make headers."""
    source = (
        "{% macro subject(message) %}[wire]\nBcc: {{ message.headline }}{% endmacro %}"
        "{% macro footer(message) %}Desk, ext. 4711\n{{ message.notes | join(' / ') }}{% endmacro %}"
    )
    template = load_template(template_file(tmp_path, source, "email.j2"), "email")
    post = Post(notification=make_notification())
    text = render_email(post, ENVELOPE, BOARD, template).decode()
    assert "Subject: [wire] Bcc: Second summit near\r\n" in text
    assert "\r\nBcc" not in text
    assert "Desk, ext. 4711 =C2=B7 rule second-summit" in text


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{% macro title(message) %}{{ x", "slack.j2:1: "),
        ("\n{% macro title(message) %}\n{% endmacor %}", "slack.j2:3: "),
        (
            "{% macro heading(message) %}{% endmacro %}",
            "there is no part 'heading'; there are title",
        ),
        (
            "{% macro title(message) %}{{ message.headlin }}{% endmacro %}",
            "slack.j2:1: title of a first: there is no headlin here; did you mean headline?",
        ),
        (
            "{% macro title(message) %}\nx\n{{ message.nosuch }}{% endmacro %}",
            "slack.j2:3: title of a first: there is no nosuch here; there are labels, headline,",
        ),
        (
            "{% macro facts(message) %}\n\n{{ message.rules[0].titel }}{% endmacro %}",
            "slack.j2:3: facts of a first: there is no titel here",
        ),
        (
            "{% macro rule(rule) %}{{ rule.excerpt.text }}{% endmacro %}",
            "rule of a withdrawal: 'None' has no attribute 'text'",
        ),
        (
            "{% macro title(message) %}{{ message.__class__.__mro__ }}{% endmacro %}",
            "access to attribute '__class__' of 'MessageContent' object is unsafe",
        ),
        (
            "{% macro title(message) %}{{ 1 / 0 }}{% endmacro %}",
            "slack.j2:1: title of a first: division by zero",
        ),
        ("{% macro title() %}{% endmacro %}", "title of a first: "),
        ("{% include '/etc/passwd' %}", "TypeError"),
        ("x" * 70_000, "longer than 65536 characters"),
    ],
)
def test_mistakes_are_found_at_the_start(tmp_path: Path, source: str, problem: str) -> None:
    """Each is an error with its file, and what is wrong."""
    with pytest.raises(ConfigurationError) as error:
        load_template(template_file(tmp_path, source), "slack")
    assert problem in str(error.value)
    assert str(error.value).startswith(str(tmp_path / "slack.j2"))


def test_all_files_are_checked(tmp_path: Path) -> None:
    """Every wrong file is named; a folder that is missing, too."""
    template_file(tmp_path, "{{", "slack.j2")
    template_file(tmp_path, "", "pager.j2")
    with pytest.raises(ConfigurationError) as error:
        load_templates(tmp_path)
    assert "pager.j2: no channel has such a template" in str(error.value)
    assert "slack.j2:1" in str(error.value)
    with pytest.raises(ConfigurationError, match="is not a folder"):
        load_templates(tmp_path / "missing")


async def test_a_template_that_fails_later_stops_no_message(
    make_notification: Make, tmp_path: Path
) -> None:
    """The message goes out as without it."""
    source = "{% macro title(message) %}{{ 1 / (message.headline | length - 5) }}{% endmacro %}"
    template = load_template(template_file(tmp_path, source), "slack")
    post = Post(notification=make_notification(headline="Talks"))
    async with delivery_client(hosts=frozenset(), allowed=[]) as client:
        bodies = [
            SlackWebhooks(Addresses(), client, "", each).render(post)
            for each in (template, replace(template, macros={}))
        ]
    assert bodies[0] == bodies[1]


def test_what_a_template_makes_too_long_is_cut(make_notification: Make, tmp_path: Path) -> None:
    """Slack accepts the message, whatever a macro repeats."""
    source = (
        "{% macro title(message) %}{{ message.headline * 900 }}{% endmacro %}"
        "{% macro facts(message) %}{{ 'x' * 9000 }}{% endmacro %}"
        "{% macro rule(rule) %}{{ rule.title * 900 }}{% endmacro %}"
        "{% macro footer(message) %}{{ 'x' * 9000 }}{% endmacro %}"
    )
    template = load_template(template_file(tmp_path, source), "slack")
    payload = render(Post(notification=make_notification()), "", template)
    assert refusal(payload) is None
    assert "Example Wire" in payload["blocks"][0]["text"]["text"]
    assert "rule second-summit" in payload["blocks"][-1]["elements"][0]["text"]
