"""Which rules an article fires, compiled.

Candidates come from the atoms that the article contains; then each candidate's program runs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    BY_PARAGRAPH,
    BY_SENTENCE,
    FAILS,
    FOUND,
    HEADER,
    HOLDS,
    KEYS,
    LONGER,
    OPERANDS,
    RULE,
)


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
    size,
    in_headline,
    atoms,
    trie,
    flags,
    with_exact,
    tags,
    filters,
    occurrences,
    rules,
    places,
    gathered,
    number,
):
    """Write the rules that fire into ``rules.fired``; return their number, or NO_ROOM.

    ``number`` is that of the article, different from any before.
    """
    count = NO_ROOM
    note_filters(filters, occurrences)
    if note_words(words, size, atoms, trie, flags, with_exact, occurrences) and occurrences.used[
        0
    ] + len(tags) <= len(occurrences.first):
        note_tags(tags, words, size, in_headline, occurrences)
        inputs = _check_inputs(words, atoms, occurrences, gathered)
        count = _run_candidates(
            rules,
            occurrences.present_atoms,
            occurrences.used[1],
            occurrences.present,
            places,
            inputs,
            size - in_headline,
            number,
        )
    forget(occurrences)
    return count


@jit
def _check_inputs(words, atoms, occurrences, gathered):
    present, head, first, last, following, _present_atoms, keys, exacts, _used = occurrences
    return CheckInputs(
        words.field, words.sentence, words.paragraph,
        present, head, first, last, following, keys, exacts,
        words.key, words.key_size, words.exact, words.exact_size, words.spelt,
        atoms.kind, atoms.offset, atoms.size, atoms.letters,
        gathered[0], gathered[1],
    )  # fmt: skip


@jit
def _run_candidates(rules, present_atoms, atoms, present, places, inputs, body_words, number):
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
            holds = _holds(code, program, present, places, inputs, body_words)
            if holds < 0:
                return NO_ROOM
            if holds:
                fired[count], count = code[program + RULE], count + 1
    statistics[0] += candidates
    statistics[1] += runs
    return count


@jit
def _holds(code, program, present, places, inputs, body_words):
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
            holds = _stands(operation, code, program, position, places, inputs)
            if holds < 0:
                return NO_ROOM
        target = code[position + (HOLDS if holds else FAILS)]
        if target < 0:
            return target == ACCEPT
        position = program + target


@jit
def _stands(operation, code, program, position, places, inputs):
    """Return whether a check of positions holds, or NO_ROOM."""
    place = code[position + OPERANDS]
    low, high = places[place, 0], places[place, 1]
    if operation == FOUND:
        count = gather(code, position + OPERANDS + 1, low, high, inputs.field, inputs, 0, 1)
        return NO_ROOM if count < 0 else count > 0
    if operation == AT_LEAST:
        count = gather(code, position + OPERANDS + 2, low, high, inputs.field, inputs, 0, EVERY)
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
    lefts = gather(code, position + OPERANDS + 5, low, high, units, inputs, 0, EVERY)
    if lefts <= 0:
        return lefts
    size = gather(
        code, program + code[position + OPERANDS + 4], low, high, units, inputs, lefts, EVERY
    )
    return (
        NO_ROOM
        if size < 0
        else near(unit, distance, negated, units, inputs.firsts, inputs.lasts, lefts, size)
    )
