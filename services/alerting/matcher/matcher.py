"""All rules at once: which of them an article fires.

The answer is that of ``language.evaluate`` for every rule.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.alerting.language.document import (
    FIELD_NUMBERS,
    Document,
    TagPlace,
    assemble,
    tag_spans,
)
from services.alerting.matcher.arrays import grow
from services.alerting.matcher.atom_table import AtomTable
from services.alerting.matcher.index import Index
from services.alerting.matcher.kernel.atoms import ALWAYS
from services.alerting.matcher.kernel.matching import CheckRoom, find_rules
from services.alerting.matcher.kernel.occurrences import Occurrences
from services.alerting.matcher.kernel.program import FACTUALITIES, PLACES
from services.alerting.matcher.program import RuleProgram, program_of
from services.alerting.matcher.rarity import Frequency, guess
from services.alerting.matcher.reader import ArticleTexts, Reader
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.schemas import StatusScope, TaggedArticle
from shared.text.sentences import sentences_in_message
from shared.text.words import find_sentences

_ROOM: Final = 1 << 12
_NO_ROWS: Final = np.zeros((0, 4), np.int32)


class Matcher:
    """Rules by id, changed one at a time while articles pass. Not thread-safe.

    ``frequency`` estimates how often a word occurs: each rule is filed under the rarest one that it
    needs. ``reader`` counts the words that Python had to normalise, ``unstated`` the articles whose
    messages state no sentences.
    """

    def __init__(self, rules: Iterable[LoadedRule] = (), frequency: Frequency = guess) -> None:
        self._vocabulary, self._index, self.reader = AtomTable(frequency), Index(), Reader()
        self._rules = np.zeros(0, object)  # by number; an array, because it gives many at once
        self._programs: list[int] = []
        self._numbers: dict[str, int] = {}
        self._free: list[int] = []
        self._articles = self.unstated = 0
        self._reads_scopes = False
        self._last_read: tuple[TaggedArticle | Document, ArticleTexts] | None = None
        self._events: set[str] = set()
        self._make_room(_ROOM)
        self._put_all(rules)

    def __len__(self) -> int:
        """Return the number of rules."""
        return len(self._numbers)

    def put(self, rule: LoadedRule) -> None:
        """Add a rule, or replace the one that has its id.

        Raises TypeError or ValueError for a tree that parse() does not produce.
        """
        previous = self._numbers.get(rule.rule.rule_id)
        number = (
            previous
            if previous is not None
            else self._free[-1]
            if self._free
            else len(self._programs)
        )
        program = self._compile(rule, number)
        if previous is not None:
            self._index.remove(self._programs[number])
        elif self._free:
            self._free.pop()
        else:
            self._rules = grow(self._rules, number + 1)
            self._programs.append(0)
        self._place(rule, number, program)

    def _put_all(self, rules: Iterable[LoadedRule]) -> None:
        """Put the first rules, with the programs of one key side by side, as articles use them."""
        by_id = {rule.rule.rule_id: rule for rule in rules}
        programs = [
            (self._compile(rule, number), number, rule)
            for number, rule in enumerate(by_id.values())
        ]
        self._rules, self._programs = np.zeros(len(programs), object), [0] * len(programs)
        for program, number, rule in sorted(programs, key=lambda row: row[0].keys):
            self._place(rule, number, program)

    def _compile(self, rule: LoadedRule, number: int) -> RuleProgram:
        program = program_of(rule.tree, number, self._vocabulary.number, self._vocabulary.share)
        self._reads_scopes |= program.reads_scopes
        self._events |= program.events
        return program

    def _place(self, rule: LoadedRule, number: int, program: RuleProgram) -> None:
        self._rules[number], self._numbers[rule.rule.rule_id] = rule, number
        self._programs[number] = self._index.add(number, program, self._vocabulary.size)

    def remove(self, rule_id: str) -> None:
        """Remove a rule; KeyError if there is none of this id."""
        number = self._numbers.pop(rule_id)
        self._index.remove(self._programs[number])
        self._rules[number] = None
        self._free.append(number)

    def replace(self, rules: Iterable[LoadedRule]) -> None:
        """Have exactly these rules; only those that are new, changed or gone are touched."""
        by_id = {rule.rule.rule_id: rule for rule in rules}
        for rule_id in [current for current in self._numbers if current not in by_id]:
            self.remove(rule_id)
        for rule_id, rule in by_id.items():
            number = self._numbers.get(rule_id)
            if number is None or self._rules[number].tree != rule.tree:
                self.put(rule)
            else:
                self._rules[number] = rule

    def catch_all_rules(self) -> tuple[LoadedRule, ...]:
        """Return the rules that need no word, tag or pattern: every article is checked for them."""
        return self._rules_of(np.array(self._index.catch_all_rules(), np.int32))

    def matching(self, article: TaggedArticle | Document) -> tuple[LoadedRule, ...]:
        """Return the rules that the article fires, in no order."""
        fields = article if isinstance(article, Document) else article.article
        self._read(article, fields.language)
        filters = self._filters(fields.source, fields.language)
        scopes = _scope_rows(article.scopes if self._reads_scopes else ())
        return self._rules_of(self._run(self._tags(article), filters, scopes))

    def document_of(self, article: TaggedArticle) -> Document:
        """Return the article as rules see it, with the tags that rules of this matcher name.

        The words of the article that ``matching`` had last are not read again.
        """
        last_article, texts = self._last_read or (None, None)
        if texts is None or last_article is not article:
            texts = self._read(article, article.article.language)
        names = self._vocabulary.names
        tags = (tag for tag in tag_spans(article, self._events) if tag[0] in names)
        return assemble(article, self.reader.segmented(texts), tags)

    def _read(self, article: TaggedArticle | Document, language: str) -> ArticleTexts:
        texts, self._last_read = self._texts(article), None
        self.reader.segment(texts, with_exact=self._vocabulary.reads_exact, language=language)
        self._last_read = article, texts
        return texts

    def _texts(self, article: TaggedArticle | Document) -> ArticleTexts:
        """Return the texts, and the sentences of deck and body."""
        if isinstance(article, Document):
            headline, deck, body = article.headline, article.deck, article.body
            return ArticleTexts(headline.text, deck.text, body.text, deck.sentences, body.sentences)
        clean = article.article
        deck_sentences = find_sentences(clean.deck) if clean.deck else ()
        sentences = sentences_in_message(clean)
        if sentences is None:
            self.unstated += 1
            sentences = find_sentences(clean.body)
        return ArticleTexts(clean.headline, clean.deck, clean.body, deck_sentences, sentences)

    def _run(
        self, tags: NDArray[np.int32], filters: NDArray[np.int32], scopes: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        reader, vocabulary, index = self.reader, self._vocabulary, self._index
        self._fit(reader.size + len(tags))
        while True:
            self._articles += 1
            count = find_rules(
                reader.words, reader.fields, vocabulary.atoms, vocabulary.trie,
                reader.alphabet.tables.flags, vocabulary.reads_exact, self._reads_scopes,
                tags, filters, scopes, self._occurrences, index.rules, self._work, self._articles,
            )  # fmt: skip
            if count >= 0:
                return index.rules.fired[:count]
            self._make_room(2 * self._room)

    def _tags(self, article: TaggedArticle | Document) -> NDArray[np.int32]:
        """Return rows for the kernel, only of tags that some rule names."""
        names = self._vocabulary.names
        if not names:
            return _NO_ROWS
        rows: list[int] = []
        for name, field, start, end in _tag_rows(article, self._events):
            number = names.get(name)
            if number is not None:
                rows += (number, FIELD_NUMBERS[field], start, end)
        return np.array(rows, np.int32).reshape(-1, 4) if rows else _NO_ROWS

    def _filters(self, source: str, language: str) -> NDArray[np.int32]:
        names, lower = self._vocabulary.names, language.casefold()
        true = (
            f"source({source.casefold()})",
            f"lang({lower})",
            f"lang({lower.replace('_', '-').split('-')[0]})",
        )
        return np.array([ALWAYS, *(names[name] for name in true if name in names)], np.int32)

    def _rules_of(self, numbers: NDArray[np.int32]) -> tuple[LoadedRule, ...]:
        return tuple(self._rules[numbers].tolist())

    def _fit(self, spans: int) -> None:
        """Make room for all atoms, for these spans, and for all patterns of one word."""
        atoms = len(self._vocabulary.atoms.offset)
        if spans + len(self._vocabulary.trie.matches) + 2 > self._room or atoms > len(
            self._occurrences.present
        ):
            self._make_room(2 * (spans + len(self._vocabulary.trie.matches)))

    def _make_room(self, spans: int) -> None:
        self._room, atoms = max(spans, _ROOM), len(self._vocabulary.atoms.offset)
        head, present_atoms = (np.zeros(atoms, np.int32) for _ in range(2))
        first, last, following, keys, exacts = (np.zeros(self._room, np.int32) for _ in range(5))
        present, used = np.zeros(atoms, np.uint8), np.zeros(2, np.int64)
        self._occurrences = Occurrences(
            present, head, first, last, following, present_atoms, keys, exacts, used
        )
        self._work = CheckRoom(
            np.zeros((2, self._room), np.int64),
            np.zeros((FACTUALITIES, self._room + 1), np.int32),
            np.zeros((PLACES * FACTUALITIES, 3), np.int32),
        )


def _tag_rows(article: TaggedArticle | Document, events: Container[str]) -> Iterator[TagPlace]:
    if isinstance(article, Document):
        return (
            (name, span.field, span.start, span.end)
            for name, spans in article.tags.items()
            for span in spans
        )
    return tag_spans(article, events)


def _scope_rows(scopes: Sequence[StatusScope]) -> NDArray[np.int32]:
    """Return rows for the kernel: the text's number, the code points, and whether it is past."""
    if not scopes:
        return _NO_ROWS
    rows = [
        (FIELD_NUMBERS[scope.field], scope.start, scope.end, scope.status == "past")
        for scope in scopes
    ]
    return np.array(rows, np.int32).reshape(-1, 4)
