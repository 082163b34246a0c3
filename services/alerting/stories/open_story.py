"""A story to which articles may still be added: its members, and what they have said together."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from services.alerting.stories.decision import StoryKind
from services.alerting.stories.reading.figures.figure import Figure
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import ReadSentence
from services.alerting.stories.state import StoryMember

_FIRST_MEMBERS: Final = 2
_LATEST_MEMBERS: Final = 6


class OpenStory:
    """The members in order of arrival, and sums over them."""

    def __init__(self, story_id: str) -> None:
        self.story_id = story_id
        self.latest_at = datetime.min.replace(tzinfo=UTC)
        """When the latest member was published."""
        self.records: list[StoryMember] = []
        self.members: list[ReadArticle] = []
        self.openings: list[ReadArticle] = []
        """The members' openings, by which stories are found."""
        self.counts: Counter[str] = Counter()
        """How many openings have the term."""
        self.leads: Counter[str] = Counter()
        """How many members have the term in headline or lead."""
        self.names: Counter[str] = Counter()
        self.alternatives: set[str] = set()
        self.figures: set[Figure] = set()
        self.days: set[date] = set()
        self.sentences: list[ReadSentence] = []
        """Everything that was said, headlines included."""
        self.speakers: list[int] = []
        """The number of the member that each sentence is of."""
        self.with_term: defaultdict[str, list[int]] = defaultdict(list)
        """The numbers of the sentences with each term."""

    def add(self, record: StoryMember, article: ReadArticle) -> None:
        """Add a member."""
        self.latest_at = max(self.latest_at, record.article.published_at)
        self.records.append(record)
        self.members.append(article)
        opening = article.opening
        self.openings.append(opening)
        self.counts.update(opening.all_terms.keys())
        self.leads.update(opening.lead_terms.keys())
        self.names.update(opening.names)
        self.alternatives |= article.alternatives
        self.figures.update(article.figures)
        self.days |= article.days
        for sentence in (article.headline, *article.sentences):
            for term in sentence.alternatives:
                self.with_term[term].append(len(self.sentences))
            self.sentences.append(sentence)
            self.speakers.append(len(self.members) - 1)

    @property
    def size(self) -> int:
        """The number of members."""
        return len(self.members)

    def members_to_compare(self) -> list[ReadArticle]:
        """Return the first members and the latest."""
        return [*self.members[:_FIRST_MEMBERS], *self.members[_FIRST_MEMBERS:][-_LATEST_MEMBERS:]]

    def languages(self) -> set[str]:
        """Return the languages in which it told news."""
        pairs = zip(self.records, self.members, strict=True)
        return {member.article.language for record, member in pairs if record.kind.is_news}

    def sources(self) -> tuple[str, ...]:
        """Return the independent sources, each once, in order of arrival."""
        withdrawn = {record.origin for record in self.records if record.kind is StoryKind.KILL}
        return tuple(
            dict.fromkeys(
                record.origin for record in self.records if record.origin not in withdrawn
            )
        )

    def sentences_of(self, source: str, origin: str) -> Iterator[tuple[ReadSentence, ReadArticle]]:
        """Yield the sentences of a source, and of others that have the words of an origin."""
        for sentence, number in zip(self.sentences, self.speakers, strict=True):
            member = self.members[number]
            if member.article.source == source or self.records[number].origin == origin:
                yield sentence, member
