"""A story to which articles may still be added: its members, and what they have said together."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime

from services.alerting.stories.decision import StoryKind
from services.alerting.stories.reading.figures import Figure
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import ReadSentence
from services.alerting.stories.state import StoryMember


class OpenStory:
    """The members in order of arrival, and sums over them."""

    def __init__(self, story_id: str) -> None:
        self.story_id = story_id
        self.latest_at = datetime.min.replace(tzinfo=UTC)
        """When the latest member was published."""
        self.records: list[StoryMember] = []
        self.members: list[ReadArticle] = []
        self.counts: Counter[str] = Counter()
        """How many members have the term."""
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
        self.counts.update(article.all_terms.keys())
        self.leads.update(article.lead_terms.keys())
        self.names.update(article.names)
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
