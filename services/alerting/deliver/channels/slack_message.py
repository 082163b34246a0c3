"""A notification as Slack blocks. Pure.

One message has a headline, the reason of each rule, and a footer. What does not fit is shortened at
a word; what does not fit even so is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from services.alerting.deliver.channels.channel import Post, repeat_mark
from services.alerting.deliver.channels.message.changed_words import ChangedWords
from services.alerting.deliver.channels.message.content import (
    ArticleLine,
    MessageContent,
    RuleLine,
    compose,
    summarise,
)
from services.alerting.deliver.channels.message.shorten import clip, clip_around_marks
from services.alerting.deliver.channels.mrkdwn import (
    bold_marks,
    escape,
    fit,
    link,
    literal,
    one_line,
    without_emoji,
)
from services.alerting.deliver.channels.slack_sizes import MESSAGE_CHARACTERS, SECTION_CHARACTERS
from services.alerting.deliver.channels.templates.macros import BUILT_IN, MessageTemplate
from shared.messages.schemas import Excerpt

Payload = dict[str, Any]

SHOWN_SENTENCES: Final = 6
SHOWN_CHANGES: Final = 8
SHOWN_RULES: Final = 20
SHOWN_OF_BURST: Final = 20
SHOWN_OTHERS: Final = 4
EXCERPT_CHARACTERS: Final = 400
CHANGE_CHARACTERS: Final = 200
LISTED_CHARACTERS: Final = 80
NAME_CHARACTERS: Final = 80
TITLE_CHARACTERS: Final = 100
SUMMARY_CHARACTERS: Final = 500
HEAD_LIMIT: Final = 1_500
FACTS_LIMIT: Final = 700
CONTEXT_LIMIT: Final = 900
FOOTER_LIMIT: Final = 600
"""Limits are of what is sent, after escaping; ``…_CHARACTERS`` of what is read."""
_SHORTEST: Final = 20
_COUNT_CHARACTERS: Final = 40
_QUIET: Final = {"unfurl_links": False, "unfurl_media": False}


def render(post: Post, board_url: str = "", template: MessageTemplate = BUILT_IN) -> Payload:
    """Render the message as Slack blocks, with the ``text`` that notifications on phones show."""
    content, mark = compose(post, board_url), repeat_mark(post)
    head, foot = list(_head(content, template)), list(_foot(content, template))
    room = MESSAGE_CHARACTERS - _length(head) - _length(foot)
    groups = [group for group in _groups(content, template) if group.lines]
    sections = [*head, *_pack(_fit_groups(groups, room))]
    fallback = fit(summarise(content), SUMMARY_CHARACTERS, literal)
    return {
        "text": " · ".join(filter(None, [mark, fallback])),
        "blocks": [*map(_section, sections), *map(_context, foot)],
        **_QUIET,
    }


def render_plain(post: Post) -> Payload:
    """Render the minimal message, one text without markup.

    It is for the one retry after Slack called the full form malformed.
    """
    content = compose(post)
    summary = without_emoji(clip(summarise(content), SUMMARY_CHARACTERS * 2))
    parts = filter(None, [repeat_mark(post), summary, content.url or ""])
    return {"text": escape(one_line(" · ".join(parts))), "mrkdwn": False, **_QUIET}


def _head(content: MessageContent, template: MessageTemplate) -> Iterator[str]:
    def title(headline: str) -> str:
        shortened = replace(content, headline=headline)
        return template.render("title", shortened) or _title(shortened)

    facts = template.render("facts", content)
    if facts is None or len(facts) > FACTS_LIMIT:
        facts = _fit_all(content.facts, FACTS_LIMIT)
    yield "\n".join(filter(None, [fit(content.headline, HEAD_LIMIT, title), facts]))
    if content.statement:
        yield f"*{literal(content.statement)}*"


def _title(content: MessageContent) -> str:
    labels = [literal(label) for label in content.labels]
    return f"*{' · '.join([*labels, link(content.url, content.headline)])}*"


@dataclass(frozen=True, slots=True)
class _LineGroup:
    """Lines of one sort, each a function of the room that is left for it; only some are shown."""

    lines: Sequence[Callable[[int], str]]
    noun: str
    limit: int
    label: str = ""


def _groups(content: MessageContent, template: MessageTemplate) -> Iterator[_LineGroup]:
    has_news = bool(content.changes or content.new_sentences)
    changes = [partial(_change, change) for change in content.changes]
    sentences = [partial(_sentence, sentence) for sentence in content.new_sentences]
    rules = [partial(_rule, rule, template) for rule in content.rules]
    articles = [partial(_article, article) for article in content.listed]
    yield _LineGroup(changes, "changes", SHOWN_CHANGES)
    yield _LineGroup(sentences, "new sentences", SHOWN_SENTENCES, "*New:*")
    yield _LineGroup(rules, "rules", SHOWN_RULES, "*Rules:*" if has_news else "")
    is_burst = bool(rules)  # a digest is the only message about its stories
    yield _LineGroup(articles, "articles", SHOWN_OF_BURST if is_burst else len(articles))


def _fit_groups(groups: Sequence[_LineGroup], room: int) -> Iterator[str]:
    """Yield the lines that fit; each group may fill an equal part of what room is left."""
    for number, group in enumerate(groups):
        share = room // (len(groups) - number) - _COUNT_CHARACTERS
        count = 0
        for line in group.lines[: group.limit]:
            limit = min(share, SECTION_CHARACTERS)
            if len(text := line(limit)) > limit:
                break
            if not count and group.label:
                yield group.label
            if text:
                yield text
            share, room, count = share - len(text) - 1, room - len(text) - 1, count + 1
        if more := len(group.lines) - count:
            yield f"and {more} more {group.noun}"
        room -= _COUNT_CHARACTERS


def _change(change: ChangedWords, room: int) -> str:
    parts = (change.before, change.after)
    field = "" if change.before.field == "body" else f"{change.before.field}: "

    def line(characters: int) -> str:
        before, after = (_bold_excerpt(part, characters) for part in parts)
        return f"• {field}{before or 'nothing'} → {after or 'nothing'}"

    return _shorten(line, CHANGE_CHARACTERS, room)


def _sentence(sentence: str, room: int) -> str:
    return _shorten(lambda size: f"• {literal(clip(sentence, size))}", EXCERPT_CHARACTERS, room)


def _rule(rule: RuleLine, template: MessageTemplate, room: int) -> str:
    def line(characters: int) -> str:
        shortened = replace(rule, excerpt=_clip_excerpt(rule.excerpt, characters))
        text = template.render("rule", shortened)
        return _rule_line(shortened) if text is None else text

    return _shorten(line, EXCERPT_CHARACTERS, room)


def _rule_line(rule: RuleLine) -> str:
    source = f" ({literal(clip(rule.source, NAME_CHARACTERS))})" if rule.source else ""
    sentence = f" — {bold_marks(rule.excerpt.text, rule.excerpt.marks)}" if rule.excerpt else ""
    return f"• _{link(rule.url, clip(rule.title, TITLE_CHARACTERS))}_{source}{sentence}"


def _clip_excerpt(excerpt: Excerpt | None, characters: int) -> Excerpt | None:
    if excerpt is None:
        return None
    text, marks = clip_around_marks(excerpt.text, excerpt.marks, characters)
    return replace(excerpt, text=text, marks=tuple(marks))


def _article(article: ArticleLine, _room: int) -> str:
    headline = link(article.url, clip(article.headline, LISTED_CHARACTERS))
    facts = (literal(clip(fact, LISTED_CHARACTERS)) for fact in article.facts)
    return f"• {' · '.join([headline, *facts])}"


def _bold_excerpt(excerpt: Excerpt, characters: int) -> str:
    text, marks = clip_around_marks(excerpt.text, excerpt.marks, characters)
    return bold_marks(text, marks)


def _shorten(line: Callable[[int], str], characters: int, room: int) -> str:
    """Return the line with as many characters of its text as the room allows."""
    while len(text := line(characters)) > room and characters > _SHORTEST:
        characters = max(_SHORTEST, characters * max(room, 1) // len(text))
    return text


def _foot(content: MessageContent, template: MessageTemplate) -> Iterator[str]:
    if content.also:
        others = [
            fit(each.headline, LISTED_CHARACTERS * 2, partial(link, each.url))
            for each in content.also[:SHOWN_OTHERS]
        ]
        more = len(content.also) - len(others)
        yield "Also: " + " · ".join([*others, *([f"and {more} more"] if more > 0 else [])])
    if content.actors:
        yield _fit_all(content.actors, CONTEXT_LIMIT)
    footer = template.render("footer", content)
    if footer is None or len(footer) > CONTEXT_LIMIT:
        footer = _footer(content)
    if footer:
        yield footer


def _footer(content: MessageContent) -> str:
    links = [text for each in content.links if (text := link(each.url, each.label)) != each.label]
    notes = _fit_all(content.notes, FOOTER_LIMIT)
    return " · ".join(filter(None, [*links, notes]))


def _fit_all(texts: Sequence[str], limit: int) -> str:
    """Join the texts; they are shortened only if they do not fit as they are."""
    share = limit // len(texts) - 3 if texts else 0
    if sum(map(len, texts)) <= limit:
        whole = " · ".join(literal(text) for text in texts)
        if len(whole) <= limit:
            return whole
    return " · ".join(fit(text, share, literal) for text in texts)


def _pack(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines into as few texts as Slack's section limit allows."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > SECTION_CHARACTERS:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text


def _length(texts: Iterable[str]) -> int:
    return sum(len(text) for text in texts)


def _section(text: str) -> Payload:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Payload:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Payload:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
