"""A notification as plain text, for terminals and e-mails. Pure.

Characters that would break a line, control a terminal or turn the direction are replaced, so that
what a feed writes stays inside its line.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from services.alerting.deliver.channels.message.content import ArticleLine, MessageContent, RuleLine
from services.alerting.deliver.channels.message.shorten import clip

HEADLINE_CHARACTERS: Final = 250
TEXT_CHARACTERS: Final = 400
NAME_CHARACTERS: Final = 80
URL_CHARACTERS: Final = 1_000
_JOINERS: Final = "\u200c\u200d"
MAX_LINES: Final = 20
"""Lines of one sort; the digest alone lists all of its stories, which no other message names."""


def render_sections(content: MessageContent) -> Iterator[list[str]]:
    """Yield the message's lines, the most important first, in groups that belong together."""
    facts = join_texts(content.facts)
    head = [title_of(content), facts, printable(content.url or "", URL_CHARACTERS)]
    yield [line for line in head if line]
    if content.statement:
        yield [printable(content.statement)]
    yield from _group([_change_line(change) for change in change_texts(content)], "changes")
    news = [f"+ {printable(sentence)}" for sentence in content.new_sentences]
    yield from _group(news, "new sentences")
    yield from _group([f"- {rule_text(rule)}" for rule in content.rules], "rules")
    articles = [f"- {article_text(article)}" for article in content.listed]
    yield from _group(articles, "articles", MAX_LINES if content.rules else len(articles))
    also = [f"Also: {article_text(article)}" for article in content.also]
    yield from _group(also, "articles")
    links = [f"{link.label}: {link.url}" for link in content.links if link.url != content.url]
    foot = [join_texts(content.actors), *links, join_texts(content.notes, TEXT_CHARACTERS)]
    yield [line for line in foot if line]


def printable(text: str, limit: int = TEXT_CHARACTERS) -> str:
    """Return the text in one line without control characters, cut to ``limit`` code points.

    Joiners stay: scripts and emoji need them.
    """
    text = clip(text.strip(), limit)
    return "".join(
        character if character.isprintable() or character in _JOINERS else " " for character in text
    )


def title_of(content: MessageContent) -> str:
    """Return severity, kind and headline."""
    return join_texts((*content.labels, content.headline), HEADLINE_CHARACTERS)


def rule_text(rule: RuleLine) -> str:
    """Return a rule's title and the sentence that decided it."""
    source = f" ({printable(rule.source, NAME_CHARACTERS)})" if rule.source else ""
    sentence = f": {printable(rule.excerpt.text)}" if rule.excerpt else ""
    return f"{printable(rule.title, NAME_CHARACTERS)}{source}{sentence}"


def change_texts(content: MessageContent) -> list[tuple[str, str, str]]:
    """Return of each change its field, empty for the body, and the text before and after."""
    return [
        (
            "" if change.before.field == "body" else f"{change.before.field}: ",
            printable(change.before.text),
            printable(change.after.text),
        )
        for change in content.changes
    ]


def article_text(article: ArticleLine) -> str:
    """Return an article's headline, its facts and its address."""
    facts = join_texts((article.headline, *article.facts))
    return " ".join(filter(None, [facts, printable(article.url or "", URL_CHARACTERS)]))


def join_texts(texts: Sequence[str], limit: int = NAME_CHARACTERS * 2) -> str:
    """Join texts by a middle dot."""
    return " · ".join(printable(text, limit) for text in texts)


def _change_line(change: tuple[str, str, str]) -> str:
    field, before, after = change
    return f"{field}{before or 'nothing'} → {after or 'nothing'}"


def _group(lines: Sequence[str], noun: str, limit: int = MAX_LINES) -> Iterator[list[str]]:
    if lines:
        more = len(lines) - limit
        yield [*lines[:limit], *([f"and {more} more {noun}"] if more > 0 else [])]
