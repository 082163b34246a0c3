"""Names are found at the same word boundaries as rules read: elisions, endings, footnotes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.tagger.scan.automaton import Finder, Name, NameKind, longest_spans
from services.tagger.scan.normalise import normalise
from shared.text.words import segment_text
from tests.hypothesis_profiles import examples

FINDER = Finder(
    Name(kind, "x", name)
    for kind, names in (
        (NameKind.PERSON, ("Emmanuel Macron", "Kim Jong Un", "Trump")),
        (NameKind.COUNTRY, ("Iran", "Ukraine", "North Korea", "Türkiye")),
        (NameKind.ABBREVIATION, ("UN", "G7", "G8", "G20")),
    )
    for name in names
)


def names_in(text: str, language: str = "") -> list[str]:
    spans = FINDER.find(normalise(text, language)).values()
    return [
        text[span.start : span.end]
        for span in longest_spans(span for of_kind in spans for span in of_kind)
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "L’Iran et l'Ukraine, d’Ukraine", ["Iran", "Ukraine", "Ukraine"]),
        ("fr", "qu’Emmanuel Macron", ["Emmanuel Macron"]),
        ("it", "dell'Iran all’Iran nell'IRAN", ["Iran", "Iran", "IRAN"]),
        ("ca", "l'Iran i d'Iran; qu’l'Iran", ["Iran", "Iran", "Iran"]),
        ("en", "O'Trump, rock'n'Trump, al-Iran", ["Iran"]),
        ("en", "'Iran' ‘Trump’s’", ["Iran", "Trump"]),
        ("tr", "Trump’ın Kim Jong Un'un Un'a İran’a", ["Trump", "Kim Jong Un", "İran"]),
        ("tr", "TÜRKİYE'NİN İran'dan Iran'lılar", ["TÜRKİYE", "İran", "Iran"]),
        ("tr", "Kuzey Iran'lıyız Trump'ınkiler", []),
        ("en", "Trump'ın Iran'a", []),
        ("pl", "Trump'a Trump’owi", ["Trump", "Trump"]),
        ("en", "Trump2 met Kim Jong Un[1] and Kim Jong Un2", ["Trump", "Kim Jong Un", "Kim Jong Un"]),
        ("en", "Trump² Iran¹² North Korea3's", ["Trump", "Iran", "North Korea"]),
        ("en", "Trump* Trump† Trump[3]", ["Trump", "Trump", "Trump"]),
        ("en", "Trump2020 Iran2b 2Trump UN2", []),
        ("en", "the G7, G8 and G20; G5, G 7", ["G7", "G8", "G20"]),
    ],
)  # fmt: skip
def test_names_are_found_beside_apostrophes_and_footnotes(
    language: str, text: str, expected: list[str]
) -> None:
    """An elided article, an ending and a footnote's number end no name's match."""
    assert names_in(text, language) == expected


PIECES = (
    "Iran", "IRAN", "Trump", "Ukraine", "l'", "L’", "dell'", "qu'", "d’", "O'", "'s", "’", "'",
    "'ın", "’a", "'nin", "s", "ın", "1", "23", "²", "[1]", "x", "Un", ".", ",", "-", " ", " ",
    " ", "\n", "(", "»", "_",
)  # fmt: skip


@examples(1_500)
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from(("en", "fr", "tr"))
)
@example("l'Iran’ın Trump2’s d'l’Iran", "tr")
@example("Iranl'l'l'l'Iran", "en")
def test_single_words_are_found_exactly_where_rules_read_them(text: str, language: str) -> None:
    """The tagger and the rules have one notion of where a word begins and ends."""
    expected = [
        (word.start, word.end)
        for word in segment_text(text, language=language, one_sentence=True).words
        if word.key in {"iran", "trump", "ukraine"} and text[word.start].isupper()
    ]
    spans = FINDER.find(normalise(text, language))
    singles = [*spans.get(NameKind.COUNTRY, ()), *spans.get(NameKind.PERSON, ())]
    assert sorted((span.start, span.end) for span in singles) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T rump said he left. Trump left.", ["T rump", "Trump"]),
        ("N orth Korea fired.", ["N orth Korea"]),
        ("“T rump’s plan", ["T rump"]),
        ("U kraine said. U kraine", ["U kraine"]),
        ("Yes. T rump said", []),
        ("I ran and Iran", ["Iran"]),
    ],
)
def test_a_name_is_found_behind_its_drop_cap(text: str, expected: list[str]) -> None:
    """At the beginning of a text only; the span has the blank."""
    assert names_in(text, "en") == expected


def test_a_hundred_thousand_elisions_are_read_once() -> None:
    """Looking back for elided words is bounded, so the text takes linear time."""
    assert names_in("l'" * 50_000 + "Iran")[-1:] == ["Iran"]
    assert names_in("Iran'" * 20_000, "tr") == []
