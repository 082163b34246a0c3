"""Which alerts belong to one story, by the notifications that say so. Pure.

Destinations gather stories apart from one another, and one may have begun with a later article. So
stories that share an article are one card. The order of alerts and notifications does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.board.state.cards import Card
from services.board.state.stories.notification_summary import NotificationSummary


@dataclass(slots=True, kw_only=True)
class StoryGroups:
    """The alerts and notifications of each story, by its id, and the story of each alert."""

    alerts: dict[str, list[str]] = field(default_factory=dict)
    notifications: dict[str, list[NotificationSummary]] = field(default_factory=dict)
    of_alert: dict[str, str] = field(default_factory=dict)


def group_stories(
    cards: Iterable[Card], notifications: Iterable[NotificationSummary]
) -> StoryGroups:
    """Return the stories of these alerts.

    An article that no notification gathers with others is a story of its own. A story's id is the
    first of the ids that its destinations gave it: with one destination, that of its first article.
    """
    cards, notifications = list(cards), list(notifications)
    links = _Links()
    for each in notifications:
        if each.story_id:
            links.join_all((each.story_id, *each.articles))
    names = _name_stories(links, notifications)
    groups = StoryGroups()
    story_of_article: dict[str, str] = {}
    for card in cards:
        root = links.root(card.article)
        story = names.get(root, card.article)
        story_of_article[card.article] = groups.of_alert[card.id] = story
        groups.alerts.setdefault(story, []).append(card.id)
    for each in notifications:
        stories = {groups.of_alert[alert] for alert in each.alerts if alert in groups.of_alert}
        stories |= {
            story_of_article[article] for article in each.articles if article in story_of_article
        }
        for story in stories:
            groups.notifications.setdefault(story, []).append(each)
    return groups


def _name_stories(links: "_Links", notifications: Iterable[NotificationSummary]) -> dict[str, str]:
    """Return the id of each story by the root of its articles."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for each in notifications:
        if each.story_id:
            ids[links.root(each.story_id)].add(each.story_id)
    return {root: min(story_ids) for root, story_ids in ids.items()}


class _Links:
    """Sets of ids that belong together."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, member: str) -> str:
        """Return the id that stands for all that belong with this member."""
        top = member
        while (parent := self._parents.get(top, top)) != top:
            top = parent
        while (parent := self._parents.get(member, member)) != top:
            self._parents[member] = top
            member = parent
        return top

    def join_all(self, ids: Iterable[str]) -> None:
        """Put these ids together."""
        first, *others = ids
        for one in others:
            self._parents[self.root(one)] = self.root(first)
