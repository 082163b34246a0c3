"""Which rules an article fires, compiled: candidates by the atoms that the article has, then each candidate's program."""

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
    """The index: an atom's entries lie in a row, each ``where, three atoms one of which the article must have``.

    ``where`` is twice the place where the rule's program begins, and one more if the rule has several keys; ``~rule`` for a rule that needs nothing
    but its one key. ``asked`` is by rule of several keys the number of the last article that it was asked about; ``fired`` is room for the answer.
    """

    code: NDArray[np.int32]
    entries: NDArray[np.int32]
    begins: NDArray[np.int32]
    counts: NDArray[np.int32]
    asked: NDArray[np.int64]
    fired: NDArray[np.int32]
    statistics: NDArray[np.int64]
    """Two sums: rules that were looked at, and those whose program ran."""


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
    """Write the numbers of the rules that fire into ``rules.fired``; return how many, or NO_ROOM. ``number`` is the article's, unlike any before."""
    found = NO_ROOM
    note_filters(filters, occurrences)
    if note_words(words, size, atoms, trie, flags, with_exact, occurrences) and occurrences.taken[
        0
    ] + len(tags) <= len(occurrences.first):
        note_tags(tags, words, size, in_headline, occurrences)
        sought = _sought(words, atoms, occurrences, gathered)
        found = _ask(
            rules,
            occurrences.met,
            occurrences.taken[1],
            occurrences.present,
            places,
            sought,
            size - in_headline,
            number,
        )
    forget(occurrences)
    return found


@jit
def _sought(words, atoms, occurrences, gathered):
    present, head, first, last, following, _met, keys, exacts, _taken = occurrences
    return CheckInputs(
        words.field, words.sentence, words.paragraph, present, head, first, last, following, keys, exacts,
        words.key, words.key_size, words.exact, words.exact_size, words.spelt, atoms.kind, atoms.at, atoms.size, atoms.letters,
        gathered[0], gathered[1],
    )  # fmt: skip


@jit
def _ask(rules, met, atoms, present, places, sought, body_words, number):
    code, entries, begins, counts, asked, fired, statistics = rules
    found = looked = ran = 0
    for i in range(atoms):
        begin = begins[met[i]]
        for entry in range(begin, begin + counts[met[i]]):
            looked += 1
            if not (
                present[entries[entry, 1]]
                or present[entries[entry, 2]]
                or present[entries[entry, 3]]
            ):
                continue
            where = entries[entry, 0]
            if where < 0:
                fired[found], found = ~where, found + 1
                continue
            program = where >> 1
            if where & 1:
                rule = code[program + RULE]
                if asked[rule] == number:
                    continue
                asked[rule] = number
            ran += 1
            holds = _holds(code, program, present, places, sought, body_words)
            if holds < 0:
                return NO_ROOM
            if holds:
                fired[found], found = code[program + RULE], found + 1
    statistics[0] += looked
    statistics[1] += ran
    return found


@jit
def _holds(code, program, present, places, sought, body_words):
    """1 where the rule's program accepts the article, 0 where it rejects it, or NO_ROOM."""
    at = program + HEADER + code[program + KEYS]
    while True:
        operation, holds = code[at], 0
        if operation == ANY:
            for i in range(at + OPERANDS + 1, at + OPERANDS + 1 + code[at + OPERANDS]):
                if present[code[i]]:
                    holds = 1
                    break
        elif operation >= LONGER:
            count = code[at + OPERANDS]
            holds = body_words > count if operation == LONGER else body_words < count
        else:
            holds = _stands(operation, code, program, at, places, sought)
            if holds < 0:
                return NO_ROOM
        target = code[at + (HOLDS if holds else FAILS)]
        if target < 0:
            return target == ACCEPT
        at = program + target


@jit
def _stands(operation, code, program, at, places, sought):
    """Whether a check that asks for positions holds."""
    place = code[at + OPERANDS]
    low, high = places[place, 0], places[place, 1]
    if operation == FOUND:
        found = gather(code, at + OPERANDS + 1, low, high, sought.field, sought, 0, 1)
        return NO_ROOM if found < 0 else found > 0
    if operation == AT_LEAST:
        found = gather(code, at + OPERANDS + 2, low, high, sought.field, sought, 0, EVERY)
        return (
            NO_ROOM
            if found < 0
            else at_least(code[at + OPERANDS + 1], sought.firsts, sought.lasts, found)
        )
    unit, distance, negated = (
        code[at + OPERANDS + 1],
        code[at + OPERANDS + 2],
        code[at + OPERANDS + 3],
    )
    units = (
        sought.sentence
        if unit == BY_SENTENCE
        else sought.paragraph
        if unit == BY_PARAGRAPH
        else sought.field
    )
    lefts = gather(code, at + OPERANDS + 5, low, high, units, sought, 0, EVERY)
    if lefts <= 0:
        return lefts
    size = gather(code, program + code[at + OPERANDS + 4], low, high, units, sought, lefts, EVERY)
    return (
        NO_ROOM
        if size < 0
        else near(unit, distance, negated, units, sought.firsts, sought.lasts, lefts, size)
    )
