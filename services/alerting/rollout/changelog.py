"""rules.v1 as a value: its records → the set of rules in force; two sets → the records of a change. Pure; the clock is passed in.

A change is one transaction: the rules that are new or different, a tombstone for each that is gone, and a ``RuleSetChange`` that closes it with
the revision of the whole set. Who reads compares that revision with what he has put together, so nobody ever acts on half a set.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.alerting.language.errors import LanguageError
from services.alerting.language.parsing.parse import parse
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import DocumentError, Problem
from shared.kafka.topics import HEADROOM_BYTES, RULES
from shared.messages import codec
from shared.messages.ids import content_id
from shared.messages.schemas import Rule, RuleSetChange

MOST_NAMED: Final = 1_000
"""Ids that a change lists of each kind; a first set of 100 000 rules would otherwise not fit into a record."""
_CLOSING: Final = b"#"
"""What the keys of changes begin with, and no rule's id does."""


@dataclass(slots=True)
class RulesChangelog:
    """The fold of the topic's records, in their order. ``numbers``: for each revision that the set ever had, the last change that brought it."""

    rules: dict[str, Rule] = field(default_factory=dict)
    change: RuleSetChange | None = None
    unreadable: dict[bytes, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def take(self, key: bytes, value: bytes | None) -> None:
        """Fold one record in; one that nobody can read is remembered as such until another takes its place."""
        self.unreadable.pop(key, None)
        self.rules.pop(name := key.decode("utf-8", "replace"), None)
        try:
            if value is not None and key.startswith(_CLOSING):
                self.change = codec.decode(value, RuleSetChange)
                self.numbers[self.change.revision] = self.change.number
            elif value is not None:
                self.rules[name] = codec.decode(value, Rule)
        except InvalidMessage as error:
            self.unreadable[key] = str(error)

    @property
    def number(self) -> int:
        """The number of the last change, 0 before the first."""
        return self.change.number if self.change else 0

    def mistake(self) -> str:
        """Why the records make no whole set; nothing where they do, or where there is no set yet."""
        if self.unreadable:
            key, why = next(iter(self.unreadable.items()))
            return f"its record {key.decode('utf-8', 'replace')[:80]} cannot be read: {why}"
        if (
            self.change is not None
            and rule_set_revision(self.rules.values()) != self.change.revision
        ):
            return f"its records are not the set that its change {self.change.number} announces"
        return ""


def rule_set_revision(rules: Iterable[Rule]) -> str:
    """The revision of a set: the hash of its rules' ids and revisions, in whatever order they come."""
    return content_id(
        "rules",
        *(
            part
            for rule in sorted(rules, key=lambda rule: rule.rule_id)
            for part in (rule.rule_id, rule.revision)
        ),
    )


def build_rule_set(rules: Iterable[Rule], known: Iterable[LoadedRule] = ()) -> RuleSet:
    """The rules ready for matching, by id; what ``known`` holds is not parsed again. DocumentError names every rule that we cannot read."""
    at_hand = {(each.rule.rule_id, each.rule.revision): each for each in known}
    found, problems = list[LoadedRule](), list[Problem]()
    for rule in sorted(rules, key=lambda rule: rule.rule_id):
        try:
            found.append(
                at_hand.get((rule.rule_id, rule.revision))
                or LoadedRule(rule=rule, tree=parse(rule.when), file=RULES.name)
            )
        except LanguageError as error:
            where = (error.line, error.column, error.message, error.suggestion)
            problems.append(Problem(RULES.name, *where, code=error.code, rule=rule.rule_id))
    if problems:
        raise DocumentError(problems)
    return RuleSet(tuple(found))


def build_change(
    log: RulesChangelog, wanted: Mapping[str, Rule], *, by: str, at: datetime
) -> RuleSetChange | None:
    """What makes the log's set the wanted one; None where it is already."""
    revision, before = rule_set_revision(wanted.values()), log.change
    if before is not None and before.revision == revision and not log.mistake():
        return None
    added, removed = wanted.keys() - log.rules.keys(), log.rules.keys() - wanted.keys()
    changed = {
        rule_id
        for rule_id in wanted.keys() & log.rules.keys()
        if wanted[rule_id] != log.rules[rule_id]
    }
    named = [tuple(sorted(ids)[:MOST_NAMED]) for ids in (added, changed, removed)]
    return RuleSetChange(
        number=before.number + 1 if before else 1,
        revision=revision,
        previous=before.revision if before else "",
        rules=len(wanted),
        changed_at=at,
        changed_by=by,
        added=named[0],
        changed=named[1],
        removed=named[2],
        unnamed=len(added) + len(changed) + len(removed) - sum(map(len, named)),
    )


def build_records(
    log: RulesChangelog, wanted: Mapping[str, Rule], made: RuleSetChange
) -> Iterator[tuple[bytes, Rule | RuleSetChange | None]]:
    """The keys and messages that bring the change about, the closing one last; None is a tombstone."""
    for key in log.unreadable:
        yield key, None
    for rule_id in sorted(log.rules.keys() - wanted.keys()):
        yield rule_id.encode(), None
    for rule_id, rule in sorted(wanted.items()):
        if log.rules.get(rule_id) != rule:
            yield rule_id.encode(), rule
    yield _CLOSING + b"%d" % made.number, made


def check_sizes(rules: RuleSet) -> None:
    """DocumentError names every rule that is larger than its topic takes."""
    limit = RULES.max_message_bytes - HEADROOM_BYTES
    sizes = [(each, len(codec.encode(each.rule))) for each in rules.rules]
    too_large = [
        Problem(each.file, 1, 1, _too_large(each.rule, size, limit), rule=each.rule.rule_id)
        for each, size in sizes
        if size > limit
    ]
    if too_large:
        raise DocumentError(too_large)


def _too_large(rule: Rule, size: int, limit: int) -> str:
    return f"the rule {rule.rule_id} takes {size} bytes, and {limit} are the most: make two of it"
