"""The pages behind the links in messages, as HTML. Everything from outside goes in as text."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from services.board.feedback.form import DURATIONS, Fields, FormAnswer, first
from services.board.state.desk_decisions import DeskEntry
from shared.feedback.feedback_book import AUTHOR_CHARACTERS, COMMENT_CHARACTERS, WRONG_REASONS
from shared.feedback.message_links import MessageReference
from shared.messages.schemas import Feedback

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_FOLDER: Final = Path(__file__).parents[1] / "static"
_TITLES: Final = {
    "acknowledge": "Acknowledge a message",
    "wrong": "A message is wrong",
    "silence": "Silence a story",
}
_BUTTONS: Final = {"acknowledge": "Acknowledge", "wrong": "Send", "silence": "Silence"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message as its pages show it; ``headline`` is empty if the board does not keep it.

    ``entries`` are what people have decided about it so far.
    """

    message: MessageReference
    token: str
    headline: str
    entries: tuple[DeskEntry, ...]

    @property
    def actions(self) -> dict[str, str]:
        """The titles of its pages; several stories cannot be silenced at once."""
        return {
            action: title
            for action, title in _TITLES.items()
            if action != "silence" or self.message.story_id
        }


def render_form(
    action: str, view: MessageView, fields: Fields | None = None, problem: str = ""
) -> str:
    """Return the page with an action's form; ``problem`` is why what was sent was not accepted."""
    sent = fields or {}
    return _template().render(
        title=_TITLES[action],
        view=view,
        action=action,
        button=_BUTTONS[action],
        problem=problem,
        author=first(sent, "author")[:AUTHOR_CHARACTERS],
        comment=first(sent, "comment")[:COMMENT_CHARACTERS],
        why=first(sent, "why"),
        duration=first(sent, "duration") or "4 hours",
        chosen=sent.get("rule", view.message.rules),
        reasons=WRONG_REASONS,
        durations=tuple(DURATIONS),
        most=(AUTHOR_CHARACTERS, COMMENT_CHARACTERS),
    )


def render_receipt(headline: str, view: MessageView, answer: FormAnswer | None) -> str:
    """Return the page that says what was done; ``answer`` is what can be taken back, if any."""
    decision = answer.decision if answer else None
    return _template().render(
        title=headline,
        view=view,
        done=headline,
        author=decision.author if decision else "",
        undo=decision.feedback_id if isinstance(decision, Feedback) else "",
    )


def render_notice(text: str) -> str:
    """Return a page with one sentence, for a link that does not hold."""
    return _template().render(title="Feedback", notice=text)


@functools.cache
def _template() -> "Template":
    return _environment().get_template("feedback.html")


def _environment() -> "Environment":
    from jinja2 import (  # noqa: PLC0415 - it takes 50 ms to import, and most boards show no form for hours
        Environment,
        FileSystemLoader,
    )

    return Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
