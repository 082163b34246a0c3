"""rules.v1 as a value: fold its records into a set of rules, and build the records of a change.

Pure; the clock is passed in. A change is one transaction: the rules that are new or different, a
tombstone for each rule that is gone, and a ``RuleSetChange`` that closes it with the revision of
the whole set. A reader compares that revision with the rules it has, so no process acts on half a
set.
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

MAX_LISTED_IDS: Final = 1_000
"""Ids of each kind that a change lists: a first set of 100 000 rules must fit into a record."""
_CHANGE_PREFIX: Final = b"#"
"""The keys of changes start with it; a rule's id cannot."""


@dataclass(slots=True)
class RulesChangelog:
    """The topic's records, folded in order.

    ``numbers`` maps each revision that the set ever had to the last change that led to it.
    ``unreadable`` maps the keys of records that cannot be decoded to the error.
    """

    rules: dict[str, Rule] = field(default_factory=dict)
    change: RuleSetChange | None = None
    unreadable: dict[bytes, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def apply(self, key: bytes, value: bytes | None) -> None:
        """Apply one record; one that cannot be decoded stays unreadable until it is replaced."""
        self.unreadable.pop(key, None)
        rule_id = key.decode("utf-8", "replace")
        self.rules.pop(rule_id, None)
        try:
            if value is not None and key.startswith(_CHANGE_PREFIX):
                self.change = codec.decode(value, RuleSetChange)
                self.numbers[self.change.revision] = self.change.number
            elif value is not None:
                self.rules[rule_id] = codec.decode(value, Rule)
        except InvalidMessage as error:
            self.unreadable[key] = str(error)

    @property
    def number(self) -> int:
        """The number of the last change, 0 before the first."""
        return self.change.number if self.change else 0

    def mistake(self) -> str:
        """Return why the records are not a complete set; empty if they are, or if there is none."""
        if self.unreadable:
            key, error = next(iter(self.unreadable.items()))
            return f"its record {key.decode('utf-8', 'replace')[:80]} cannot be read: {error}"
        if self.change and rule_set_revision(self.rules.values()) != self.change.revision:
            return f"its records are not the set that its change {self.change.number} announces"
        return ""


def rule_set_revision(rules: Iterable[Rule]) -> str:
    """Return the revision of a set: the hash of its rules' ids and revisions, in any order."""
    ordered = sorted(rules, key=lambda rule: rule.rule_id)
    return content_id(
        "rules", *(part for rule in ordered for part in (rule.rule_id, rule.revision))
    )


def build_rule_set(rules: Iterable[Rule], parsed: Iterable[LoadedRule] = ()) -> RuleSet:
    """Build a set for matching. DocumentError lists every rule that cannot be parsed.

    Rules that are among ``parsed`` in the same revision are not parsed again.
    """
    by_revision = {(loaded.rule.rule_id, loaded.rule.revision): loaded for loaded in parsed}
    result, problems = list[LoadedRule](), list[Problem]()
    for rule in sorted(rules, key=lambda rule: rule.rule_id):
        loaded = by_revision.get((rule.rule_id, rule.revision))
        try:
            result.append(loaded or LoadedRule(rule=rule, tree=parse(rule.when), file=RULES.name))
        except LanguageError as error:
            details = (error.line, error.column, error.message, error.suggestion)
            problems.append(Problem(RULES.name, *details, code=error.code, rule=rule.rule_id))
    if problems:
        raise DocumentError(problems)
    return RuleSet(tuple(result))


def build_change(
    log: RulesChangelog, target: Mapping[str, Rule], *, by: str, now: datetime
) -> RuleSetChange | None:
    """Build the change that turns the log's set into ``target``; None if it is that already."""
    revision, before = rule_set_revision(target.values()), log.change
    if before is not None and before.revision == revision and not log.mistake():
        return None
    added, removed = target.keys() - log.rules.keys(), log.rules.keys() - target.keys()
    shared = target.keys() & log.rules.keys()
    changed = {rule_id for rule_id in shared if target[rule_id] != log.rules[rule_id]}
    listed = [tuple(sorted(ids)[:MAX_LISTED_IDS]) for ids in (added, changed, removed)]
    return RuleSetChange(
        number=before.number + 1 if before else 1,
        revision=revision,
        previous=before.revision if before else "",
        rules=len(target),
        changed_at=now,
        changed_by=by,
        added=listed[0],
        changed=listed[1],
        removed=listed[2],
        unnamed=len(added) + len(changed) + len(removed) - sum(map(len, listed)),
    )


def build_records(
    log: RulesChangelog, target: Mapping[str, Rule], change: RuleSetChange
) -> Iterator[tuple[bytes, Rule | RuleSetChange | None]]:
    """Yield the keys and messages of a change, the closing one last; None is a tombstone."""
    for key in log.unreadable:
        yield key, None
    for rule_id in sorted(log.rules.keys() - target.keys()):
        yield rule_id.encode(), None
    for rule_id, rule in sorted(target.items()):
        if log.rules.get(rule_id) != rule:
            yield rule_id.encode(), rule
    yield _CHANGE_PREFIX + b"%d" % change.number, change


def check_sizes(rules: RuleSet) -> None:
    """Raise DocumentError with every rule that is too large for its topic."""
    limit = RULES.max_message_bytes - HEADROOM_BYTES
    sizes = [(loaded, len(codec.encode(loaded.rule))) for loaded in rules.rules]
    problems = [
        Problem(
            loaded.file,
            1,
            1,
            f"the rule {loaded.rule.rule_id} takes {size} bytes, and the limit is {limit}: "
            "split it in two",
            rule=loaded.rule.rule_id,
        )
        for loaded, size in sizes
        if size > limit
    ]
    if problems:
        raise DocumentError(problems)
