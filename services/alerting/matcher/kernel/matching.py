"""Which rules an article fires, compiled.

Candidates come from the atoms that the article contains; then each candidate's program runs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.language.tree import LEAD_WORDS
from services.alerting.matcher.kernel.checks import (
    EVERY,
    NO_ROOM,
    CheckInputs,
    at_least,
    gather,
    near,
)
from services.alerting.matcher.kernel.jit import jit
from services.alerting.matcher.kernel.occurrences import forget, note_filters, note_tags, note_words
from services.alerting.matcher.kernel.program import (
    ACCEPT,
    ANY,
    AT_LEAST,
    BODY,
    BY_PARAGRAPH,
    BY_SENTENCE,
    DECK,
    FACTUALITIES,
    FAILS,
    FOUND,
    HEADER,
    HEADLINE,
    HOLDS,
    KEYS,
    LEAD,
    LONGER,
    OPERANDS,
    RULE,
)
from services.alerting.matcher.kernel.scoped_words import find_scoped_words

BODY_FIELD = 2
"""The number of the body among an article's texts: headline, deck, body."""


class CheckRoom(NamedTuple):
    """Arrays to work in: the spans that a check gathers, words in scopes, bounds of regions."""

    gathered: NDArray[np.int64]
    scoped: NDArray[np.int32]
    bounds: NDArray[np.int32]


class RuleIndex(NamedTuple):
    """The entries of each atom in a row: ``where``, and three atoms of which one must be present.

    ``where`` is twice the offset of the rule's program, plus one if the rule has several keys;
    ``~rule`` if the rule needs nothing but its one key. ``last_checked`` is, for rules of several
    keys, the number of the last article that was checked; ``fired`` is room for the answer.
    """

    code: NDArray[np.int32]
    entries: NDArray[np.int32]
    begins: NDArray[np.int32]
    counts: NDArray[np.int32]
    last_checked: NDArray[np.int64]
    fired: NDArray[np.int32]
    statistics: NDArray[np.int64]
    """Two sums: rules that were looked at, and rules whose program ran."""


@jit
def find_rules(
    words,
    fields,
    atoms,
    trie,
    flags,
    with_exact,
    with_scopes,
    tags,
    filters,
    scopes,
    occurrences,
    rules,
    room,
    number,
):
    """Write the rules that fire into ``rules.fired``; return their number, or NO_ROOM.

    ``fields`` is where the words of each text begin, and their number at last. ``number`` is that
    of the article, different from any before. Without ``with_scopes`` no rule asks what the article
    asserts.
    """
    count, size = NO_ROOM, fields[BODY_FIELD + 1]
    note_filters(filters, occurrences)
    if note_words(words, size, atoms, trie, flags, with_exact, occurrences) and occurrences.used[
        0
    ] + len(tags) <= len(occurrences.first):
        note_tags(tags, words, fields, occurrences)
        if with_scopes:
            find_scoped_words(scopes, words, fields, room.scoped)
        _find_bounds(fields, room.bounds)
        inputs = _check_inputs(words, atoms, flags, occurrences, room)
        count = _run_candidates(
            rules,
            occurrences.present_atoms,
            occurrences.used[1],
            occurrences.present,
            room.bounds,
            inputs,
            size - fields[BODY_FIELD],
            number,
        )
    forget(occurrences)
    return count


@jit
def _find_bounds(fields, bounds):
    """Write the first word, the last one (exclusive) and the factuality of each region."""
    size, body = fields[BODY_FIELD + 1], fields[BODY_FIELD]
    for region in range(len(bounds)):
        place = region // FACTUALITIES
        low, high = 0, size
        if place == HEADLINE:
            high = fields[1]
        elif place == DECK:
            low, high = fields[1], body
        elif place == LEAD:
            low, high = body, min(size, body + LEAD_WORDS)
        elif place == BODY:
            low = body
        bounds[region, 0], bounds[region, 1], bounds[region, 2] = low, high, region % FACTUALITIES


@jit
def _check_inputs(words, atoms, flags, occurrences, room):
    present, head, first, last, following, _present_atoms, keys, exacts, _used = occurrences
    return CheckInputs(
        words.field, words.sentence, words.paragraph,
        present, head, first, last, following, keys, exacts,
        words.key, words.key_size, words.exact, words.exact_size, words.spelt,
        atoms.kind, atoms.offset, atoms.size, atoms.letters, flags, room.scoped,
        room.gathered[0], room.gathered[1],
    )  # fmt: skip


@jit
def _run_candidates(rules, present_atoms, atoms, present, bounds, inputs, body_words, number):
    code, entries, begins, counts, last_checked, fired, statistics = rules
    count = candidates = runs = 0
    for i in range(atoms):
        begin = begins[present_atoms[i]]
        for entry in range(begin, begin + counts[present_atoms[i]]):
            candidates += 1
            if not (
                present[entries[entry, 1]]
                or present[entries[entry, 2]]
                or present[entries[entry, 3]]
            ):
                continue
            where = entries[entry, 0]
            if where < 0:
                fired[count], count = ~where, count + 1
                continue
            program = where >> 1
            if where & 1:
                rule = code[program + RULE]
                if last_checked[rule] == number:
                    continue
                last_checked[rule] = number
            runs += 1
            holds = _holds(code, program, present, bounds, inputs, body_words)
            if holds < 0:
                return NO_ROOM
            if holds:
                fired[count], count = code[program + RULE], count + 1
    statistics[0] += candidates
    statistics[1] += runs
    return count


@jit
def _holds(code, program, present, bounds, inputs, body_words):
    """Return 1 if the rule's program accepts the article, 0 if it rejects it, or NO_ROOM."""
    position = program + HEADER + code[program + KEYS]
    while True:
        operation, holds = code[position], 0
        if operation == ANY:
            for i in range(
                position + OPERANDS + 1, position + OPERANDS + 1 + code[position + OPERANDS]
            ):
                if present[code[i]]:
                    holds = 1
                    break
        elif operation >= LONGER:
            count = code[position + OPERANDS]
            holds = body_words > count if operation == LONGER else body_words < count
        else:
            holds = _stands(operation, code, program, position, bounds, inputs)
            if holds < 0:
                return NO_ROOM
        target = code[position + (HOLDS if holds else FAILS)]
        if target < 0:
            return target == ACCEPT
        position = program + target


@jit
def _stands(operation, code, program, position, bounds, inputs):
    """Return whether a check of positions holds, or NO_ROOM."""
    within = bounds[code[position + OPERANDS]]
    if operation == FOUND:
        count = gather(code, position + OPERANDS + 1, within, inputs.field, inputs, 0, 1)
        return NO_ROOM if count < 0 else count > 0
    if operation == AT_LEAST:
        count = gather(code, position + OPERANDS + 2, within, inputs.field, inputs, 0, EVERY)
        return (
            NO_ROOM
            if count < 0
            else at_least(code[position + OPERANDS + 1], inputs.firsts, inputs.lasts, count)
        )
    unit, distance, negated = (
        code[position + OPERANDS + 1],
        code[position + OPERANDS + 2],
        code[position + OPERANDS + 3],
    )
    units = (
        inputs.sentence
        if unit == BY_SENTENCE
        else inputs.paragraph
        if unit == BY_PARAGRAPH
        else inputs.field
    )
    lefts = gather(code, position + OPERANDS + 5, within, units, inputs, 0, EVERY)
    if lefts <= 0:
        return lefts
    size = gather(
        code, program + code[position + OPERANDS + 4], within, units, inputs, lefts, EVERY
    )
    return (
        NO_ROOM
        if size < 0
        else near(unit, distance, negated, units, inputs.firsts, inputs.lasts, lefts, size)
    )
