"""What an answer makes of a story's thread. Pure."""

from msgspec.structs import replace

from services.alerting.deliver.channels.answers import Answer, Verdict
from shared.messages.schemas import Notification, Story, StoryThread


def thread_after(
    story: Story | None, notification: Notification, answer: Answer
) -> StoryThread | None:
    """Return the thread of a story after the answer to a post about it; None if it has none."""
    thread = story.thread if story else None
    if answer.is_thread_lost:
        return None
    if answer.verdict is not Verdict.ACCEPTED:
        return thread
    thread = answer.thread or thread
    if thread is not None and notification.kind == "correction":
        return replace(thread, is_corrected=True)
    return thread
