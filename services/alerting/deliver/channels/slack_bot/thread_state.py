"""What a story has come to, as the first message of its Slack thread shows it. Pure.

It is an attachment below the message's own blocks, which chat.update keeps if neither blocks nor
text are named: so the message need not be stored to be edited.
"""

from typing import Any, Final

from services.alerting.deliver.channels import wording
from services.alerting.deliver.channels.mrkdwn import fit, literal
from shared.messages.schemas import NotifiedArticle, Story, StoryThread

NAME_CHARACTERS: Final = 80
_WITHDRAWN: Final = ("canceled", "withheld")
_GREY: Final = "#9ca3af"
_AMBER: Final = "#d97706"
_RED: Final = "#b91c1c"


def build_state(story: Story, thread: StoryThread) -> dict[str, Any]:
    """Return the arguments of chat.update that show a story's present state."""
    latest = {article.article_id: article for article in story.articles}
    count = len(story.article_ids)
    withdrawn = sum(article.pubstatus in _WITHDRAWN for article in latest.values())
    words = [f"{count} article{'s' * (count != 1)}"]
    if len(story.sources) > 1:
        words.append(f"{len(story.sources)} independent sources")
    if latest:
        words.append(_last(story.articles[-1]))
    if thread.is_corrected:
        words.append("*Corrected, see the thread*")
    if withdrawn:
        words.append("*Withdrawn*" if withdrawn == count else f"*{withdrawn} of {count} withdrawn*")
    text = " · ".join(words)
    block = {"type": "mrkdwn", "text": text, "verbatim": True}
    colour = _RED if withdrawn else _AMBER if thread.is_corrected else _GREY
    context = {"type": "context", "elements": [block]}
    return {"attachments": [{"color": colour, "fallback": text, "blocks": [context]}]}


def _last(article: NotifiedArticle) -> str:
    source = fit(article.source.strip(), NAME_CHARACTERS, literal)
    return f"last: {', '.join(filter(None, [source, wording.publication_time(article)]))}"
