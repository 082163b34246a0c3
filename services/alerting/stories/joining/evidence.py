"""Evidence for and against an article belonging to a story, as features from 0 to 1."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.alerting.stories.joining.other_event import compare_slots
from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.news.coverage import unit_coverage
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import Unit

MEMBERS_COMPARED: Final = 8
_FIRST_MEMBERS: Final = 2
_DAYS_OPEN: Final = 6.0
_RARE: Final = 2.5
_KERNEL: Final = 2.0
_ANCHOR: Final = 3.2
_CAST: Final = 2
_OWN_SCALE: Final = 4.0
_UNSAID: Final = 0.5
"""What counts for names where the lead names nobody."""
_UNRELATED: Final = 0.34
_RECALLED_UNITS: Final = 2
_NEAREST: Final = 0.05
_NEAREST_EVENT: Final = 0.2
"""What the nearest story must have in common at least: one is nearest to anything."""
_DAY_SECONDS: Final = 86_400

JOIN_SIGNS: Final = {
    **dict.fromkeys(
        (
            "whole", "lead", "centroid", "headline_in", "core_in", "names_in", "rare_names",
            "figures", "day_same", "actors", "own", "kernel_in", "countries", "anchor_best",
            "anchors_in", "slot_same", "first_lead", "title_in", "is_best",
            "is_best_event",
            "event_in", "event_day", "event_in_text", "day_recalled",
        ),
        1,
    ),
    **dict.fromkeys(
        (
            "template", "template_day", "rival", "conflict", "day_differs", "figures_differ", "age",
            "names_foreign", "place_differs", "stranger", "slot_differs", "day_unheard",
        ),
        -1,
    ),
}  # fmt: skip
"""Every feature, and whether it may only count for (1) or against (-1) joining."""


def join_evidence(
    article: ReadArticle,
    stories: Sequence[OpenStory],
    own: Mapping[str, float],
    rarities: Rarities,
) -> list[dict[str, float]]:
    """Return the features of each candidate; one of them is nearest by words.

    ``own``: by story, the weight of terms that only that story has.
    """
    candidates = [_evidence(article, story, own, rarities) for story in stories]
    nearest = max((features["whole"] for features in candidates), default=0.0)
    events = [features["event_in"] + features["event_day"] for features in candidates]
    return [
        features
        | {
            "is_best": float(features["whole"] == nearest >= _NEAREST),
            "is_best_event": float(event == max(events) >= _NEAREST_EVENT),
        }
        for features, event in zip(candidates, events, strict=True)
    ]


def _evidence(
    article: ReadArticle, story: OpenStory, own: Mapping[str, float], rarities: Rarities
) -> dict[str, float]:
    rivals = (weight for story_id, weight in own.items() if story_id != story.story_id)
    rival = max(rivals, default=0.0)
    return {
        **_likeness(article, story, rarities),
        **_names(article, story, rarities),
        **_kernel(article, story, rarities),
        **_times(article, story),
        **_event(article, story, rarities),
        **compare_slots(article, story, rarities),
        "own": min(1.0, own.get(story.story_id, 0.0) * _OWN_SCALE),
        "rival": min(1.0, rival * _OWN_SCALE),
    }


def openings_to_compare(story: OpenStory) -> list[ReadArticle]:
    """Return the openings of the first members and of the latest."""
    latest = story.openings[_FIRST_MEMBERS:][-(MEMBERS_COMPARED - _FIRST_MEMBERS) :]
    return [*story.openings[:_FIRST_MEMBERS], *latest]


def _likeness(article: ReadArticle, story: OpenStory, rarities: Rarities) -> dict[str, float]:
    members = openings_to_compare(story)
    middle = {term: count / story.size for term, count in story.counts.items()}
    headline = [unit[0] for unit in article.headline.units]
    return {
        "whole": max(rarities.cosine(article.all_terms, each.all_terms) for each in members),
        "lead": max(rarities.cosine(article.lead_terms, each.lead_terms) for each in members),
        "first_lead": rarities.cosine(article.lead_terms, story.openings[0].lead_terms),
        "centroid": rarities.cosine(article.all_terms, middle),
        "title_in": unit_coverage(story.openings[0].headline, article, rarities),
        "headline_in": max(rarities.share(headline, each.alternatives) for each in members),
    }


def _names(article: ReadArticle, story: OpenStory, rarities: Rarities) -> dict[str, float]:
    core = [name for name, count in story.names.items() if count * 2 >= story.size]
    lead_names = article.headline.names | article.lead.names
    core_in = rarities.share(core, article.alternatives)
    members = openings_to_compare(story)
    names_in = max(rarities.share(lead_names, each.alternatives) for each in members)
    if not lead_names:
        names_in = _UNSAID
    shared = [name for name in article.names if name in story.names]
    countries = [term for term in article.lead_terms if term[:2] == "c:"]
    foreign = [name for name in lead_names if name not in story.names]
    return {
        "core_in": core_in,
        "names_in": names_in,
        "rare_names": min(1.0, sum(max(0.0, rarities[n] - _RARE) for n in shared) / 8),
        "actors": min(1.0, sum(name[:2] == "a:" for name in shared) / 3),
        "countries": rarities.share(countries, story.counts) if countries else 0.5,
        "conflict": min(1 - core_in, 1 - names_in),
        "names_foreign": min(1.0, rarities.total(foreign) / 15),
    }


def _kernel(article: ReadArticle, story: OpenStory, rarities: Rarities) -> dict[str, float]:
    """Compare with the terms that most members have."""
    size = story.size
    needed = 1 if size == 1 else max(2.0, size / 2)
    first_lead = story.openings[0].lead_terms
    kernel = [
        term
        for term, count in story.counts.items()
        if count >= needed and rarities[term] > _KERNEL and (size > 1 or term in first_lead)
    ]
    anchors = [
        term
        for term in kernel
        if term[:2] not in {"k:", "c:"}
        and story.leads[term] * 2 >= needed
        and (rarities[term] > _ANCHOR or term[:2] == "n:")
    ]
    hits = [rarities[term] for term in anchors if term in article.alternatives]
    return {
        "kernel_in": rarities.share(kernel, article.alternatives),
        "anchor_best": min(1.0, max(hits, default=0.0) / 6),
        "anchors_in": rarities.share(anchors, article.alternatives),
    }


def _event(article: ReadArticle, story: OpenStory, rarities: Rarities) -> dict[str, float]:
    """Compare with the words of the first headline that its lead repeats: what happened."""
    first = story.openings[0]
    core = first.core_event
    heading = article.headline.alternatives | article.lead.alternatives
    share = _unit_share(core, heading, rarities)
    mentioned = _mentions(article, story)
    in_text = _unit_share(core, mentioned, rarities)
    members = openings_to_compare(story)
    cores = {member.core_event for member in members}
    nearest = max(_unit_share(each, mentioned, rarities) for each in cores)
    days = (article.headline.days | article.lead.days) & (first.headline.days | first.lead.days)
    past = {day for day in article.days if day < article.published_on}
    return {
        "day_recalled": float(not past.isdisjoint(first.headline.days | first.lead.days)),
        "day_unheard": float(bool(past) and past.isdisjoint(story.days)),
        "event_in": share,
        "event_day": share * bool(days),
        "event_in_text": in_text,
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
    return hits / whole if whole else 0.5


def _times(article: ReadArticle, story: OpenStory) -> dict[str, float]:
    lead_days = article.headline.days | article.lead.days
    age = (article.article.published_at - story.latest_at).total_seconds() / _DAY_SECONDS
    figures = _count_shared_figures(article, story)
    return {
        "day_same": float(bool(article.days & story.days)) if article.days else _UNSAID,
        "day_differs": float(bool(lead_days and story.days and not article.days & story.days)),
        "figures": min(1.0, figures / 2),
        "figures_differ": float(bool(article.figures and story.figures and not figures)),
        "age": min(1.0, max(0.0, age) / _DAYS_OPEN),
    }


def _count_shared_figures(article: ReadArticle, story: OpenStory) -> int:
    values = {figure.value for figure in story.figures}
    return len({figure.value for figure in article.figures if figure.value > 1} & values)
