"""Evidence for and against an article belonging to a story, as features from 0 to 1."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from services.alerting.stories.joining.other_event import compare_slots
from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.joining.story_index import OwnWeight
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.figures.figure import Figure
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import Unit
from services.alerting.stories.reading.stop_words import STOP_WORDS

MEMBERS_COMPARED: Final = 8
_FIRST_MEMBERS: Final = 2
_DAYS_OPEN: Final = 6.0
_KERNEL: Final = 2.0
_ANCHOR: Final = 3.2
_CAST: Final = 2
_OWN_SCALE: Final = 4.0
_UNSAID: Final = 0.5
"""What counts for names where the lead names nobody."""
_UNRELATED: Final = 0.34
_SEVERAL: Final = 2
_RECALLED_UNITS: Final = 2
_NEAREST_EVENT: Final = 0.2
"""What the nearest story must have in common at least: one is nearest to anything."""
_DAY_SECONDS: Final = 86_400

JOIN_SIGNS: Final = {
    **dict.fromkeys(
        (
            "own_names", "own_words", "is_best_event", "core_in", "names_in",
            "countries", "anchor_best", "figures_in", "event_day",
            "event_in_text", "day_recalled",
        ),
        1,
    ),
    **dict.fromkeys(
        (
            "rival", "conflict", "names_foreign", "names_apart", "introduces", "stranger", "age",
            "day_differs", "day_unheard", "place_differs", "slot_differs",
        ),
        -1,
    ),
}  # fmt: skip
"""Every feature, and whether it may only count for (1) or against (-1) joining."""


def join_evidence(
    article: ReadArticle,
    stories: Sequence[OpenStory],
    own: Mapping[str, OwnWeight],
    rarities: Rarities,
) -> list[dict[str, float]]:
    """Return the features of each candidate; one of them is nearest by what happened.

    ``own``: by story, the weight of terms that only that story has.
    """
    events = [_share_of_event(article, story, rarities) for story in stories]
    nearest = max((sum(event) for event in events), default=0.0)
    return [
        {
            **_own(story, own),
            **_names(article, story, rarities),
            **_times(article, story),
            "figures_in": _share_of_figures(article.figures, openings_to_compare(story)),
            **_event(article, story, rarities),
            **compare_slots(article, story, rarities),
            "event_day": event.on_its_day,
            "anchor_best": _best_anchor(article, story, rarities),
            "is_best_event": float(sum(event) == nearest >= _NEAREST_EVENT),
        }
        for story, event in zip(stories, events, strict=True)
    ]


def _own(story: OpenStory, own: Mapping[str, OwnWeight]) -> dict[str, float]:
    own_weight = own.get(story.story_id, OwnWeight())
    rivals = (sum(weight) for story_id, weight in own.items() if story_id != story.story_id)
    return {
        "own_names": min(1.0, own_weight.names * _OWN_SCALE),
        "own_words": min(1.0, own_weight.words * _OWN_SCALE),
        "rival": min(1.0, max(rivals, default=0.0) * _OWN_SCALE),
    }


def openings_to_compare(story: OpenStory) -> list[ReadArticle]:
    """Return the openings of the first members and of the latest."""
    latest = story.openings[_FIRST_MEMBERS:][-(MEMBERS_COMPARED - _FIRST_MEMBERS) :]
    return [*story.openings[:_FIRST_MEMBERS], *latest]


def _names(article: ReadArticle, story: OpenStory, rarities: Rarities) -> dict[str, float]:
    core = [name for name, count in story.names.items() if count * 2 >= story.size]
    lead_names = article.headline.names | article.lead.names
    core_in = rarities.share(core, article.alternatives)
    members = openings_to_compare(story)
    names_in = max(rarities.share(lead_names, each.alternatives) for each in members)
    if not lead_names:
        names_in = _UNSAID
    countries = [term for term in article.lead_terms if term[:2] == "c:"]
    countries_in = max(rarities.share(countries, each.all_terms) for each in members)
    if not countries:
        countries_in = _UNSAID
    foreign = [name for name in lead_names if name not in story.names]
    return {
        "core_in": core_in,
        "names_in": names_in,
        "countries": countries_in,
        "conflict": min(1 - core_in, 1 - names_in),
        "names_foreign": min(1.0, rarities.total(foreign) / 15),
        "names_apart": float(_are_names_apart(article, story)),
    }


def _are_names_apart(article: ReadArticle, story: OpenStory) -> bool:
    """Return whether both name several of whom or what they report on, and nothing the same."""
    if len(article.subject_names) < _SEVERAL or not article.own_names.isdisjoint(story.names):
        return False
    if any(term[:2] == "c:" and term in story.counts for term in article.all_terms):
        return False
    return sum(name[:2] == "n:" for name in story.names) >= _SEVERAL


def _best_anchor(article: ReadArticle, story: OpenStory, rarities: Rarities) -> float:
    """Return how rare the rarest term is that most leads of the story have, and the article."""
    size = story.size
    needed = 1 if size == 1 else max(2.0, size / 2)
    hits = [
        rarities[term]
        for term, count in story.leads.items()
        if count * 2 >= needed
        and story.counts[term] >= needed
        and term in article.alternatives
        and term[:2] not in {"k:", "c:"}
        and (rarities[term] > _ANCHOR or (term[:2] == "n:" and rarities[term] > _KERNEL))
    ]
    return min(1.0, max(hits, default=0.0) / 6)


class _EventShare(NamedTuple):
    """How much of the first headline's event the article's opening repeats, and on its day."""

    in_heading: float
    on_its_day: float


def _share_of_event(article: ReadArticle, story: OpenStory, rarities: Rarities) -> _EventShare:
    """Compare with the words of the first headline that its lead repeats: what happened."""
    first = story.openings[0]
    heading = article.headline.alternatives | article.lead.alternatives
    share = _unit_share(first.core_event, heading, rarities)
    days = (article.headline.days | article.lead.days) & (first.headline.days | first.lead.days)
    return _EventShare(share, share * bool(days))


def _event(article: ReadArticle, story: OpenStory, rarities: Rarities) -> dict[str, float]:
    """Look for the event of the story's reports in the article."""
    first = story.openings[0]
    mentioned = _mentions(article, story)
    cores = {member.core_event for member in openings_to_compare(story)}
    nearest = max(_unit_share(each, mentioned, rarities) for each in cores)
    past = {day for day in article.days if day < article.published_on}
    return {
        "introduces": float(not (article.introduced - STOP_WORDS).isdisjoint(first.headline.words)),
        "day_recalled": float(not past.isdisjoint(first.headline.days | first.lead.days)),
        "day_unheard": float(bool(past) and past.isdisjoint(story.days)),
        "event_in_text": _unit_share(first.core_event, mentioned, rarities),
        "stranger": float(
            nearest < _UNRELATED
            and not _shares_own_name(article, story)
            and not _shares_cast(article, first)
        ),
    }


def _mentions(article: ReadArticle, story: OpenStory) -> frozenset[str]:
    """Return the terms of headline, lead and the sentences that share more than a word.

    "diseases such as cholera" in the last sentence mentions no outbreak.
    """
    parts = [article.headline, article.lead]
    for sentence in article.sentences:
        shared = [unit for unit in sentence.units if not story.counts.keys().isdisjoint(unit)]
        if len(shared) >= _RECALLED_UNITS or sentence.days & story.days:
            parts.append(sentence)
    return frozenset().union(*(part.alternatives for part in parts))


def _shares_own_name(article: ReadArticle, story: OpenStory) -> bool:
    """Return whether both have a name that is no known actor's and no country's."""
    return not article.own_names.isdisjoint(story.names)


def _shares_cast(article: ReadArticle, member: ReadArticle) -> bool:
    """Return whether both report on the same two known actors first: a summit's."""
    shared = article.lead_terms.keys() & member.lead_terms.keys()
    return sum(term[:2] == "a:" for term in shared) >= _CAST


def _unit_share(units: Sequence[Unit], within: frozenset[str], rarities: Rarities) -> float:
    whole = sum(rarities.of_unit(unit) for unit in units)
    hits = sum(rarities.of_unit(unit) for unit in units if not within.isdisjoint(unit))
    return hits / whole if whole else 0.0


def _times(article: ReadArticle, story: OpenStory) -> dict[str, float]:
    lead_days = article.headline.days | article.lead.days
    age = (article.article.published_at - story.latest_at).total_seconds() / _DAY_SECONDS
    return {
        "day_differs": float(bool(lead_days and story.days and not article.days & story.days)),
        "age": min(1.0, max(0.0, age) / _DAYS_OPEN),
    }


def _share_of_figures(figures: Sequence[Figure], members: Sequence[ReadArticle]) -> float:
    """Return how many of the figures above 1 a report of the story has, at most."""
    values = [figure.value for figure in figures if figure.value > 1]
    if not values:
        return _UNSAID
    shared = max(sum(value in member.figure_values for value in values) for member in members)
    return shared / len(values)
