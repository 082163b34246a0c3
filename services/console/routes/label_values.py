"""The values that the labels of alerts may have, from rule and actor files."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from services.alerting.language.check import Vocabulary
from services.alerting.routes.fields import KnownValues, describe_unknown_value
from services.alerting.routes.matchers import LabelMatcher
from services.alerting.rules.rule_set import RuleSet, load_rules
from services.alerting.settings import AlertingSettings
from services.tagger.data.entry_catalogue import load_catalogue
from shared.base import settings
from shared.base.exits import ConfigurationError
from shared.files.yaml_document import DocumentError


def values_of_rules(rules: RuleSet) -> KnownValues:
    """Return the rules and owners that alerts may name."""
    loaded = [each.rule for each in rules.rules]
    return {
        "rule": [rule.rule_id for rule in loaded],
        "owner": [rule.owner for rule in loaded if rule.owner],
    }


def values_of_names(vocabulary: Vocabulary) -> KnownValues:
    """Return the actors and countries that alerts may name."""
    return {"actor": vocabulary.actors, "country": vocabulary.countries}


def describe_unknown_values(matchers: Sequence[LabelMatcher]) -> Iterator[str]:
    """Yield a warning for each matcher that no alert of the configured rules and actors satisfies.

    Of files that cannot be read here nothing is said: the services may run elsewhere.
    """
    labels = {matcher.label for matcher in matchers}
    try:
        alerting = settings.load(AlertingSettings)
    except ConfigurationError:
        return
    if labels & {"rule", "owner"}:
        with suppress(DocumentError, OSError):
            values = values_of_rules(load_rules(alerting.rules_dir))
            yield from _describe(matchers, values, str(alerting.rules_dir))
    if labels & {"actor", "country"}:
        with suppress(DocumentError, OSError):
            catalogue = load_catalogue(alerting.actors_dir, alerting.keywords_dir)
            values = values_of_names(Vocabulary.from_gazetteer(catalogue))
            yield from _describe(matchers, values, str(alerting.actors_dir))


def _describe(matchers: Iterable[LabelMatcher], values: KnownValues, folder: str) -> Iterator[str]:
    for matcher in matchers:
        if unknown := describe_unknown_value(matcher, values):
            message, hint = unknown
            yield f"warning: {message} in {folder}" + (f"; {hint}" if hint else "")
