"""What happened, where, on which day, with which figure: two reports of one form may differ there.

"North Korea fired two missiles from Wonsan on Wednesday" has the words of Monday's report and is
another story.
"""

import re
from collections.abc import Iterable
from typing import Final

from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.joining.substitutions import find_substitutions
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.figures.figure import CLOCK, TOLLS, Figure
from services.alerting.stories.reading.read_article import EventSlot, ReadArticle
from services.alerting.stories.reading.read_sentence import ReadSentence

_MEMBERS: Final = 4
_SAME_FORM: Final = 0.5
_VERBATIM_FORM: Final = 0.9
_NEAR_FORM: Final = 0.4
_SAME_HEADLINE: Final = 0.75
_FORM_WORDS: Final = 2
_LOOSE_FORM: Final = 0.21
_OPENING_SENTENCES: Final = 2
_OWN_NAMES: Final = 2
_BALLOT: Final = re.compile(r"\b(\d{1,4}) (?:votes )?to (\d{1,4})\b")
_AGAIN: Final = frozenset(("again", "another", "second", "third", "more"))


def compare_slots(article: ReadArticle, story: OpenStory, rarities: Rarities) -> dict[str, float]:
    """Return how far the article reports another place or figure in the form of the story's."""
    slot = article.slot
    compared = [member.slot for member in story.openings[:_MEMBERS]]
    first, places = compared[0], slot.places - {"c:"}
    place_differs = bool(places and first.places) and places.isdisjoint(story.counts)
    slot_differs = figures_differ(slot.figures, first.figures)
    if not place_differs and not slot_differs:
        return {"place_differs": 0.0, "slot_differs": 0.0}
    alike = max(_same_form(slot, other, rarities) for other in compared)
    return {"place_differs": alike * place_differs, "slot_differs": alike * slot_differs}


def is_other_event(article: ReadArticle, story: OpenStory, rarities: Rarities) -> bool:
    """Return whether the article reports another event of the story's kind.

    Of two reports in the same form, the later one has another magnitude, or a later day and another
    figure, country or place, or it says that it happened again. Of two reports in other words, the
    later one has a later day and names of its own, and none of the story's. Of any two, both say at
    what time of which day it happened, and the story knows no such time, or the article fills in
    the form of a report with names and figures of its own. Two results of a ballot are of two.
    """
    return any(
        _happens_at_another_time(article, member, story)
        or _is_another_ballot(article, story, member)
        or _is_another_of_its_form(article, member, story, rarities)
        or find_substitutions(article, member).make_another_event()
        for member in story.openings[:_MEMBERS]
    )


def _is_another_of_its_form(
    article: ReadArticle, member: ReadArticle, story: OpenStory, rarities: Rarities
) -> bool:
    lead = _form_share(article.lead, member.lead, rarities)
    if lead < _LOOSE_FORM:
        return False
    if _magnitudes_differ(article.slot, member.slot):
        return True
    headline = _form_share(article.headline, member.headline, rarities)
    is_repeated = lead >= _SAME_FORM or (lead >= _NEAR_FORM and headline >= _SAME_HEADLINE)
    if is_repeated and _is_repetition(article, member, story, lead):
        return True
    return headline >= _LOOSE_FORM and _has_own_names(article, member, story)


def _is_repetition(
    article: ReadArticle, member: ReadArticle, story: OpenStory, lead: float
) -> bool:
    """Return whether a report in the form of a member's is of another event of its kind."""
    slot, other = article.slot, member.slot
    if _names_differ(article, slot, other, story):
        return True
    countries = {term for term in slot.names if term[:2] == "c:"} - story.counts.keys()
    places = slot.places - story.counts.keys() if other.places else frozenset[str]()
    return _is_later(article, member) and bool(
        lead >= _VERBATIM_FORM
        or countries
        or places
        or _happens_again(article)
        or figures_differ(slot.figures, other.figures)
    )


def _has_own_names(article: ReadArticle, member: ReadArticle, story: OpenStory) -> bool:
    """Return whether a later article has names of its own and none of the story's."""
    if not _is_later(article, member):
        return False
    opening = (article.headline, *article.sentences[:_OPENING_SENTENCES])
    names = {name for sentence in opening for name in sentence.names if name[:2] == "n:"}
    is_shared = any(name[:2] == "n:" and name in article.names for name in story.names)
    return len(names) >= _OWN_NAMES and not is_shared


def _happens_at_another_time(article: ReadArticle, member: ReadArticle, story: OpenStory) -> bool:
    """Return whether both leads say at what time of which day, and nothing the same."""
    sides = [_clocks(each.headline) | _clocks(each.lead) for each in (article, member)]
    days = [each.headline.days | each.lead.days for each in (article, member)]
    if not all((*sides, *days)) or days[0] & days[1]:
        return False
    times = {figure for figure in story.figures if figure.unit == CLOCK}
    return not any(clock.agrees(other) for clock in sides[0] for other in times)


def _is_another_ballot(article: ReadArticle, story: OpenStory, member: ReadArticle) -> bool:
    """Return whether both leads give the result of a ballot, and the story knows no such result."""
    results = _ballots(article.lead)
    if not results or not _ballots(member.lead):
        return False
    return not any(
        set(result) <= each.figure_values for result in results for each in story.openings
    )


def _ballots(sentence: ReadSentence) -> list[tuple[float, float]]:
    """Return what "391 votes to 242" gives."""
    if "votes" not in sentence.words:
        return []
    values = dict.fromkeys(figure.value for figure in sentence.figures)
    text = " ".join(sentence.words)
    return [
        (float(match[1]), float(match[2]))
        for match in _BALLOT.finditer(text)
        if {float(match[1]), float(match[2])} <= values.keys()
    ]


def _clocks(sentence: ReadSentence) -> set[Figure]:
    return {figure for figure in sentence.figures if figure.unit == CLOCK}


def _form_share(left: ReadSentence, right: ReadSentence, rarities: Rarities) -> float:
    """Return how much of their words two sentences share, names left out: of the lesser side."""
    shares = []
    for sentence, other in ((left, right), (right, left)):
        words = [unit for unit in sentence.units if unit[0][0] in "kw"]
        whole = sum(rarities.of_unit(unit) for unit in words)
        within = sum(
            rarities.of_unit(unit) for unit in words if not other.alternatives.isdisjoint(unit)
        )
        shares.append(within / whole if len(words) >= _FORM_WORDS else 0.0)
    return min(shares)


def _is_later(article: ReadArticle, member: ReadArticle) -> bool:
    """Return whether the article's first day is after the member was published."""
    days = article.headline.days | article.lead.days
    known = member.headline.days | member.lead.days
    return bool(days) and not days & known and min(days) > member.published_on


def _names_differ(
    article: ReadArticle, slot: EventSlot, other: EventSlot, story: OpenStory
) -> bool:
    """Return whether both leads name somebody or some place, and nothing the same."""
    if not any(name[:2] == "n:" for name in article.headline.names | slot.places):
        return False  # it names the one who speaks at most
    sides = [{name for name in each.names if name[:2] == "n:"} for each in (slot, other)]
    is_shared = any(name[:2] == "n:" and name in article.names for name in story.names)
    return all(sides) and not is_shared


def _magnitudes_differ(left: EventSlot, right: EventSlot) -> bool:
    sides = [{f.value for f in slot.figures if f.unit == "magnitude"} for slot in (left, right)]
    return all(sides) and not sides[0] & sides[1]


def _happens_again(article: ReadArticle) -> bool:
    words = {*article.headline.words, *article.lead.words}
    return not words.isdisjoint(_AGAIN) and words.isdisjoint({"toll"})


def figures_differ(left: Iterable[Figure], right: Iterable[Figure]) -> bool:
    """Return whether both count the same unit, and never the same number of it.

    Tolls are left out: they rise.
    """
    by_unit = dict[str, list[Figure]]()
    for figure in right:
        if figure.unit and figure.unit not in TOLLS:
            by_unit.setdefault(figure.unit, []).append(figure)
    shared = [figure for figure in left if figure.unit in by_unit]
    return bool(shared) and not any(
        figure.agrees(other) for figure in shared for other in by_unit[figure.unit]
    )


def _same_form(left: EventSlot, right: EventSlot, rarities: Rarities) -> float:
    bags = (dict.fromkeys(slot.words, 1.0) for slot in (left, right))
    return rarities.cosine(*bags)
