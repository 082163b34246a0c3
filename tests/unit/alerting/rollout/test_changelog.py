"""rules.v1 as a value: any records give the complete set of the last change, or a mistake."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.parsing.parse import parse
from services.alerting.rollout.changelog import (
    MAX_LISTED_IDS,
    RulesChangelog,
    build_change,
    build_records,
    build_rule_set,
    check_sizes,
    rule_set_revision,
)
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.files.yaml_document import DocumentError
from shared.messages.codec import encode
from shared.messages.schemas import Rule, RuleSetChange, Severity

AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def rule(rule_id: str, revision: str = "1", when: str = "trump") -> Rule:
    return Rule(
        rule_id=rule_id,
        revision=revision,
        title="T",
        severity=Severity.LOW,
        when=when,
        destinations=(),
    )


def by_id(*rules: Rule) -> dict[str, Rule]:
    return {each.rule_id: each for each in rules}


def publish(log: RulesChangelog, wanted: dict[str, Rule]) -> RuleSetChange | None:
    """Publish a set as the service does, without Kafka."""
    made = build_change(log, wanted, by="desk", now=AT)
    if made is not None:
        for key, message in list(build_records(log, wanted, made)):
            log.apply(key, None if message is None else encode(message))
    return made


SETS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("12"), max_size=5).map(
    lambda chosen: by_id(*(rule(rule_id, revision) for rule_id, revision in chosen.items()))
)


@given(st.lists(SETS, min_size=1, max_size=6))
def test_any_row_of_sets_ends_in_the_last_one(sets: list[dict[str, Rule]]) -> None:
    """Each change leads from the previous set to its own, and says how."""
    log = RulesChangelog()
    for wanted in sets:
        before = dict(log.rules)
        made = publish(log, wanted)
        assert log.rules == wanted
        assert log.mistake() == ""
        assert log.change is not None
        assert log.change.revision == rule_set_revision(wanted.values())
        if made is not None:
            assert set(made.added) == wanted.keys() - before.keys()
            assert set(made.removed) == before.keys() - wanted.keys()
            assert set(made.changed) == {
                name for name in wanted.keys() & before.keys() if wanted[name] != before[name]
            }


@given(st.lists(SETS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_a_compacted_log_gives_the_same_set(sets: list[dict[str, Rule]], random: object) -> None:
    """The broker may have dropped any record that a later one of its key replaces, or not yet."""
    log, written = RulesChangelog(), list[tuple[bytes, bytes | None]]()
    for wanted in sets:
        made = build_change(log, wanted, by="desk", now=AT)
        for key, message in list(build_records(log, wanted, made)) if made else ():
            written.append((key, None if message is None else encode(message)))
            log.apply(*written[-1])
    later = [
        any(key == other for other, _ in written[index + 1 :])
        for index, (key, _) in enumerate(written)
    ]
    kept = [
        record
        for record, again in zip(written, later, strict=True)
        if not again or random.random() < 0.5  # type: ignore[attr-defined]
    ]
    read = RulesChangelog()
    for record in kept:
        read.apply(*record)
    assert (read.rules, read.change, read.mistake()) == (log.rules, log.change, "")


@given(SETS, SETS, st.data())
def test_half_a_change_is_no_set(
    before: dict[str, Rule], after: dict[str, Rule], data: st.DataObject
) -> None:
    """Who sees only some of a change's records, even its last one, gets a mistake."""
    log = RulesChangelog()
    publish(log, before)
    made = build_change(log, after, by="desk", now=AT)
    if made is None:
        return
    all_of_it = list(build_records(log, after, made))
    missing = data.draw(st.integers(0, len(all_of_it) - 1))
    for key, message in all_of_it[:missing] + all_of_it[missing + 1 :]:
        log.apply(key, None if message is None else encode(message))
    assert log.mistake()


def test_the_same_set_is_no_change() -> None:
    """Several replicas that see the same files publish once."""
    log = RulesChangelog()
    assert publish(log, by_id(rule("a"))) is not None
    assert publish(log, by_id(rule("a"))) is None


def test_an_empty_first_set_is_a_change() -> None:
    """A topic without a change differs from one whose set is empty."""
    log = RulesChangelog()
    made = publish(log, {})
    assert made is not None
    assert (made.number, made.rules) == (1, 0)


def test_a_record_that_nobody_can_read_is_told_and_mended() -> None:
    """The next change repairs it, with a tombstone or the right rule."""
    log = RulesChangelog()
    publish(log, by_id(rule("a")))
    log.apply(b"a", b"rubbish")
    log.apply(b"zz\xff", b"{}")
    assert "cannot be read: not JSON" in log.mistake()
    publish(log, by_id(rule("a")))
    assert (log.mistake(), log.rules) == ("", by_id(rule("a")))


def test_a_foreign_rule_is_noticed() -> None:
    """A record that no change announced makes the set differ from that of the last change."""
    log = RulesChangelog()
    publish(log, by_id(rule("a")))
    log.apply(b"b", encode(rule("b")))
    assert log.mistake() == "its records are not the set that its change 1 announces"


def test_a_first_set_of_many_rules_names_the_first_thousand() -> None:
    """Its record must fit into the topic."""
    made = publish(
        RulesChangelog(), by_id(*(rule(f"r{number:05}") for number in range(MAX_LISTED_IDS + 7)))
    )
    assert made is not None
    assert (len(made.added), made.unnamed, made.rules) == (MAX_LISTED_IDS, 7, MAX_LISTED_IDS + 7)


def test_the_order_of_rules_does_not_change_the_revision() -> None:
    """Files may be renamed and rules moved."""
    assert rule_set_revision([rule("a"), rule("b")]) == rule_set_revision([rule("b"), rule("a")])
    assert rule_set_revision([rule("a"), rule("b")]) != rule_set_revision(
        [rule("a"), rule("b", "2")]
    )


def test_rules_are_parsed_once() -> None:
    """A rule that is known in the same revision is used as it is, others are parsed.

    Rules are sorted by id.
    """
    known = LoadedRule(rule=rule("b"), tree=parse("golf"), file="f")
    found = build_rule_set([rule("b"), rule("a", when="kim AND trump")], [known])
    assert [each.tree for each in found.rules] == [parse("kim AND trump"), parse("golf")]
    assert build_rule_set([rule("b", "2")], [known]).rules[0].tree == parse("trump")


def test_rules_that_we_cannot_read_are_all_named() -> None:
    """An older replica refuses what a newer one has published, with reasons."""
    with pytest.raises(DocumentError) as refused:
        build_rule_set([rule("a", when="trump NEXT kim"), rule("b"), rule("c", when="trump AND")])
    assert [problem.rule for problem in refused.value.problems] == ["a", "c"]


def test_a_rule_that_is_too_large_for_its_topic_is_told() -> None:
    """The error has its file, its size and the limit."""
    large = LoadedRule(rule=rule("a", when="x" * 1_100_000), tree=parse("trump"), file="large.yaml")
    with pytest.raises(
        DocumentError,
        match=r"large.yaml:1:1: error: the rule a takes 11\d{5} bytes, and the limit is \d+: split",
    ):
        check_sizes(RuleSet((large,)))
