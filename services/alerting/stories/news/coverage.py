"""Whether words, figures and names stand in another text, in whatever form."""

from collections.abc import Iterable

from services.alerting.stories.joining.rarities import Rarities
from services.alerting.stories.open_story import OpenStory
from services.alerting.stories.reading.figures.figure import Figure
from services.alerting.stories.reading.read_article import ReadArticle
from services.alerting.stories.reading.read_sentence import ReadSentence, Unit


def covers_unit(text: OpenStory | ReadArticle, unit: Unit, sentence: ReadSentence) -> bool:
    """Return whether a text has a unit of a sentence; a figure may be rounded in one of them."""
    if not text.alternatives.isdisjoint(unit):
        return True
    if unit[0][0] != "#":
        return False
    figures = [figure for figure in sentence.figures if figure.term == unit[0]]
    return any(is_figure_in(figure, text.figures) for figure in figures)


def is_figure_in(figure: Figure, figures: Iterable[Figure]) -> bool:
    """Return whether one of the figures may be the same; 1 is no figure."""
    if figure.value == 1:
        return True
    return any(figure.may_count(other) and figure.agrees(other) for other in figures)


def unit_coverage(
    sentence: ReadSentence, text: ReadSentence | ReadArticle | OpenStory, rarities: Rarities
) -> float:
    """Return how much of a sentence's weight stands in a text."""
    alternatives = text.alternatives
    weights = [(unit, rarities.of_unit(unit)) for unit in sentence.units]
    whole = sum(weight for _, weight in weights)
    covered = sum(weight for unit, weight in weights if not alternatives.isdisjoint(unit))
    return covered / whole if whole else 0.0
