"""Spellings derived from a listed name by rule, each with its rule.

Case, accents and hyphens need no rule: normalisation removes them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from services.tagger.data.entries import Actor
from services.tagger.data.korean_romanisation import romanise
from services.tagger.data.russian_cases import decline_name
from services.tagger.scan.normalise import normalise_name

FAMILY_NAME_FIRST: Final = frozenset({"CHN", "KOR", "PRK"})
"""Where a person's name begins with the family name, unless the entry says otherwise."""
KOREAN: Final = frozenset({"KOR", "PRK"})
_ALSO_REVERSED: Final = frozenset({"CHN", "JPN", "KOR", "PRK"})
_ENGLISH: Final = frozenset({"AUS", "CAN", "GBR", "IRL", "NZL", "USA"})
_FAMILIES: Final = (
    ("Kim", "Gim"), ("Lee", "Ri", "Rhee", "Yi"), ("Park", "Pak"), ("Choi", "Choe"),
    ("Chung", "Jung", "Jeong", "Jong"), ("Cho", "Jo"), ("Noh", "Roh", "Ro", "No"), ("Yoon", "Yun"),
    ("Suh", "Seo", "So"), ("Im", "Lim", "Rim"), ("Yoo", "Yu", "Ryu"), ("Kwon", "Gwon"),
    ("Jang", "Chang"), ("Shin", "Sin"), ("Kang", "Gang"), ("Moon", "Mun"), ("Hyun", "Hyon"),
    ("Woo", "U"), ("Joo", "Ju", "Chu"),
)  # fmt: skip
_FAMILY: Final = {
    name: tuple(spelling for spelling in family if spelling != name)
    for family in _FAMILIES
    for name in family
}
_SHORT_FORMS: Final = (
    ("Michael", "Mike"), ("Stephen", "Steve"), ("Steven", "Steve"), ("James", "Jim"),
    ("William", "Bill"), ("Robert", "Bob"), ("Daniel", "Dan"), ("Joseph", "Joe"),
    ("Thomas", "Tom"), ("Matthew", "Matt"), ("Richard", "Rick"), ("Jeffrey", "Jeff"),
    ("Charles", "Chuck"), ("Edward", "Ed"), ("Patrick", "Pat"), ("Benjamin", "Ben"),
    ("Andrew", "Andy"), ("Christopher", "Chris"), ("Gregory", "Greg"), ("Ronald", "Ron"),
    ("Kenneth", "Ken"), ("Timothy", "Tim"), ("Anthony", "Tony"), ("Samuel", "Sam"),
    ("Nicholas", "Nick"), ("Lawrence", "Larry"), ("Deborah", "Debbie"),
)  # fmt: skip
_OTHER_FORM: Final[Mapping[str, str]] = dict(_SHORT_FORMS) | {
    short: long for long, short in reversed(_SHORT_FORMS)
}
_PARTS: Final = 3
_PINYIN: Final = re.compile(
    "(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    "(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue"
    "|er|a|o|e|i|u)"
)
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")


class Variant(NamedTuple):
    """A spelling and the rule that produced it."""

    name: str
    rule: str


def variants(actors: Iterable[Actor]) -> dict[str, tuple[Variant, ...]]:
    """Return the spellings that no entry lists, by actor.

    A spelling that would also be another person's is left out. A romanisation yields to all that
    follows from a listed spelling in Latin letters.
    """
    actors = tuple(actors)
    listed = {normalise_name(name) for actor in actors for name in (actor.name, *actor.names)}
    last_words = Counter(actor.name.split()[-1] for actor in actors)
    by_actor = {
        actor.id: _variants_of(actor, listed, is_unique=last_words[actor.name.split()[-1]] == 1)
        for actor in actors
    }
    derived = listed.union(*by_actor.values())
    romanised = {actor.id: _romanisations_of(actor, derived) for actor in actors}
    by_rule, by_sound = _unshared(by_actor), _unshared(romanised)
    return {id_: forms for id_ in by_rule if (forms := (*by_rule[id_], *by_sound[id_]))}


def _unshared(by_actor: Mapping[str, Mapping[str, Variant]]) -> dict[str, tuple[Variant, ...]]:
    """Return the variants of each actor that nobody else has."""
    counts = Counter(key for forms in by_actor.values() for key in forms)
    return {
        id_: tuple(form for key, form in forms.items() if counts[key] == 1)
        for id_, forms in by_actor.items()
    }


def family_names(actor: Actor, surname: str) -> tuple[str, ...]:
    """Return other spellings of the family name: Lee for Ri. Korean names only."""
    return _FAMILY.get(surname, ()) if actor.country in KOREAN else ()


def _variants_of(actor: Actor, listed: set[str], *, is_unique: bool) -> dict[str, Variant]:
    """Return the variants by normalised name; ``is_unique``: nobody else has the last word."""
    forms: dict[str, Variant] = {}
    for name in dict.fromkeys((actor.name, *actor.names)):
        if name.isascii() or _CYRILLIC.match(name):
            for form in _forms(actor, name, is_unique=is_unique):
                key = normalise_name(form.name)
                if key not in listed:
                    forms.setdefault(key, form)
    return forms


def _forms(actor: Actor, name: str, *, is_unique: bool) -> Iterator[Variant]:
    words = name.split()
    if not name.isascii():
        family_first = actor.country in FAMILY_NAME_FIRST
        cases = decline_name(name, actor.gender, family_first=family_first)
        yield from (Variant(form, "Russian case") for form in cases if form != name)
        return
    if actor.country in KOREAN:
        yield from _korean_forms(name.replace("-", " ").split())
    if actor.country == "CHN":
        yield from _pinyin_forms(words)
    if actor.country in _ALSO_REVERSED and actor.surnames is None and len(words) > 1:
        yield from _reverse_forms(actor, words)
    if actor.country in _ENGLISH and len(words) > 1:
        yield from _english_forms(words, is_unique=is_unique)


def _korean_forms(parts: list[str]) -> Iterator[Variant]:
    if len(parts) != _PARTS:
        return
    family, first, second = parts
    yield Variant(f"{family} {first}{second.lower()}", "given name in one word")
    for spelling in _FAMILY.get(family, ()):
        yield Variant(f"{spelling} {first} {second}", f"{family} also written {spelling}")


def _romanisations_of(actor: Actor, derived: set[str]) -> dict[str, Variant]:
    """Return the spellings of a Korean name that follow from its Hangul, by normalised name.

    ``derived`` are those that need no such rule. Only given names of two syllables: shorter ones
    are too much like each other.
    """
    forms: dict[str, Variant] = {}
    family = actor.name.split()[0]
    for name in actor.names if actor.country in KOREAN else ():
        if len(name) != _PARTS:
            continue
        for (first, second), language in romanise(name[1:]):
            rule = f"{name} romanised ({language})"
            for spelling in (family, *_FAMILY.get(family, ())):
                for given in (f"{first.title()} {second.title()}", f"{first}{second}".title()):
                    form = Variant(f"{spelling} {given}", rule)
                    key = normalise_name(form.name)
                    if key not in derived:
                        forms.setdefault(key, form)
    return forms


def _reverse_forms(actor: Actor, words: list[str]) -> Iterator[Variant]:
    if actor.country == "JPN":
        yield Variant(f"{words[-1]} {' '.join(words[:-1])}", "family name first")
    elif len(words) == _PARTS or "-" in words[-1] or actor.country == "CHN":
        yield Variant(f"{' '.join(words[1:])} {words[0]}", "family name last")


def _pinyin_forms(words: list[str]) -> Iterator[Variant]:
    """Yield a Chinese given name in its two syllables: Xi Jin Ping, Xi Jin-ping."""
    if len(words) != 2:
        return
    family, given = words
    halves = [
        (given[:i], given[i:])
        for i in range(1, len(given))
        if _PINYIN.fullmatch(given[:i].lower()) and _PINYIN.fullmatch(given[i:])
    ]
    if len(halves) == 1:
        first, second = halves[0]
        yield Variant(f"{family} {first} {second.title()}", "given name in two words")


def _english_forms(words: list[str], *, is_unique: bool) -> Iterator[Variant]:
    if len(words) == _PARTS and len(words[1].rstrip(".")) == 1:
        yield Variant(f"{words[0]} {words[2]}", "without the middle initial")
    short_or_long = _OTHER_FORM.get(words[0])
    if short_or_long and is_unique:  # Andy Kim may be anybody; nobody else is Steve Biegun
        name = " ".join([short_or_long, *words[1:]])
        yield Variant(name, f"{words[0]} also called {short_or_long}")
