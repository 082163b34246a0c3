import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.apostrophes import ELISIONS, ENDINGS, LONGEST
from shared.text.normalise import character_classes, normalise, normalise_exact
from shared.text.words import find_paragraphs, segment_text, words_of

WORDS = [
    ("Trump's plan", ["trump", "plan"]),
    ("the officials’ plan", ["the", "officials", "plan"]),
    ("O'Brien and O’Brien’s don't", ["o'brien", "and", "o'brien", "don't"]),
    ("Trump-Kim, Trump–Kim, Trump/Kim", ["trump", "kim", "trump", "kim", "trump", "kim"]),
    ("1,000 or 3.5%, in 2018.", ["1,000", "or", "3.5", "in", "2018"]),
    ("the U.S. and us, US and U.S", ["the", "u.s", "and", "us", "us", "and", "u.s"]),
    ("U.S.-North Korea, U.S.'s", ["u.s", "north", "korea", "u.s"]),
    ("N.Korea at 9 a.m. e.g.this", ["n", "korea", "at", "9", "a.m", "e.g", "this"]),
    ("Group of 7's 1980's", ["group", "of", "7", "1980"]),
    ("de\u00adnuclear\u200bize\u200b", ["denuclearize"]),
    (
        "İSTANBUL Straße Zürich ﬁn ｆｕｌｌ e\u0301te\u0301",
        ["istanbul", "strasse", "zurich", "fin", "full", "ete"],
    ),
    ("snake_case (x)", ["snake", "case", "x"]),
    ("金正恩とトランプ ﾌﾟ", ["金", "正", "恩", "と", "ト", "ラ", "ン", "プ", "プ"]),
    ("김정은 위원장의 F35를", ["김정은", "위원장의", "f35를"]),
    ("2018年9月", ["2018", "年", "9", "月"]),
    ("कि की", ["कि", "की"]),
    ("ทรัมป์พบคิม น้ำ", ["ท", "รั", "ม", "ป์", "พ", "บ", "คิ", "ม", "น้", "ำ"]),
    ("ສິງກະໂປ 2018", ["ສິ", "ງ", "ກ", "ະ", "ໂ", "ປ", "2018"]),
    ("ត្រាំ។ ကင်", ["ត្", "រាំ", "က", "င်"]),
    ("... -- '' \u200b", []),
]


@pytest.mark.parametrize(("text", "keys"), WORDS, ids=[text for text, _ in WORDS])
def test_words_are_read_one_way(text: str, keys: list[str]) -> None:
    """What is a word, and how it is folded, is what docs/rules.md says."""
    assert [word.key for word in words_of(text)] == keys


@given(st.text(max_size=80) | st.text("aA.'s -\u0301ßİ金ガﾞ김U\u00ad\u200b1,\n", max_size=80))
def test_offsets_point_into_the_text_as_it_stands(text: str) -> None:
    """Words are in order and normalise as their text does.

    They do not overlap.
    """
    before = 0
    for word in segment_text(text).words:
        assert before <= word.start < word.end <= len(text)
        assert word.key.replace(".", "") == normalise(text[word.start : word.end]).rstrip(
            "."
        ).replace(".", "")
        before = word.end


@given(st.text(max_size=60))
def test_the_shadow_has_the_length_of_the_text(text: str) -> None:
    """Positions in the shadow are positions in the text, whatever the characters."""
    assert len(character_classes(text)) == len(text)


def test_folding_twice_changes_nothing() -> None:
    """A normalised letter or digit is its own normalised form.

    That holds for every one that Unicode has.
    """
    characters = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isalnum()]
    assert [
        c
        for c in characters
        if normalise(normalise(c)) != normalise(c)
        or normalise_exact(normalise_exact(c)) != normalise_exact(c)
    ] == []


ELIDED = [
    ("Le président de l’Iran a parlé.", "le president de l iran a parle"),
    ("Il governo dell'Iran tace.", "il governo dell iran tace"),
    ("d'Ukraine, D’UKRAINE", "d ukraine d ukraine"),
    ("qu'Emmanuel Macron", "qu emmanuel macron"),
    ("Lorsqu’Israël, jusqu'à", "lorsqu israel jusqu a"),
    ("all’Onu, sull'Ucraina, nell’Iraq", "all onu sull ucraina nell iraq"),
    ("un'intesa, quest'accordo", "un intesa quest accordo"),
    ("el president de l'Argentina n'ha parlat", "el president de l argentina n ha parlat"),
    ("l'U.S. Army, all'U.E.", "l u.s army all u.e"),
    ("de l’Iran’s, l'Iran2", "de l iran l iran 2"),
    ("‘l’Iran’", "l iran"),
    ("s'il n'y a qu'l'Iran", "s il n y a qu l iran"),
    ("D'Souza, L'Oreal, d'Artagnan", "d souza l oreal d artagnan"),
    (
        "O'Brien don't y'all Hawai'i Sana'a Qur’an aujourd'hui rock'n'roll",
        "o'brien don't y'all hawai'i sana'a qur'an aujourd'hui rock'n'roll",
    ),
    ("all's well, L's, s's", "all well l s"),
    ("1l'Iran", "1l'iran"),
]


@pytest.mark.parametrize(("text", "keys"), ELIDED, ids=[text for text, _ in ELIDED])
def test_an_elided_article_is_a_word_of_its_own_in_rules_and_articles(text: str, keys: str) -> None:
    """Whatever the language, so that a rule and a text agree without knowing it."""
    assert [word.key for word in words_of(text)] == keys.split()
    for language in ("fr", "en", "und"):
        assert [word.key for word in segment_text(text, language=language).words] == keys.split()


ENDED = [
    ("tr", "Trump’ın mektubu İran’a ulaştı.", "trump mektubu iran ulastı"),
    ("tr", "Kim Jong Un'un, Un'a, Un'la", "kim jong un un un"),
    ("tr", "TRUMP'IN, ABD'nin, A.B.D.'de", "trump abd a.b.d"),
    ("tr-TR", "2018'de Kore'yle Türkiye'nin", "2018 kore turkiye"),
    ("tr", "Pyongyang'daki Amerikalı'larından", "pyongyang amerikalı"),
    ("tr", "Macron'dan, Moon Jae-in'e, Erdoğan'ınki", "macron moon jae in erdogan"),
    ("tr", "O'Brien O'Neill’in L'Oreal'in", "o'brien o'neill l oreal"),
    ("pl", "Mike’a Pence'a, Kennedy'ego", "mike pence kennedy"),
    ("en", "Trump'ın Hawai'i Sana'a", "trump'ın hawai'i sana'a"),
    ("", "Trump'ın", "trump'ın"),
]


@pytest.mark.parametrize(
    ("language", "text", "keys"), ENDED, ids=[f"{language} {text}" for language, text, _ in ENDED]
)
def test_endings_are_cut_like_a_possessive_in_texts_of_their_language(
    language: str, text: str, keys: str
) -> None:
    """Only there: 'i and 'a belong to names elsewhere."""
    assert [word.key for word in segment_text(text, language=language).words] == keys.split()


MARKED = [
    (
        "Kim Jong Un[1] and Donald Trump2 met in Singapore3 in June",
        "kim jong un and donald trump 2 met in singapore 3 in june",
    ),
    ("Trump² said, Un¹² too", "trump said un too"),
    ("Trump* and Kim† and Moon‡", "trump and kim and moon"),
    ("Trump[1][22] said; Trump's[3] plan", "trump said trump plan"),
    ("TRUMP2's COVID19 Covid19", "trump 2 covid 19 covid 19"),
    ("MI6 KN23 G20 F35 H1N1 CO₂ Trump2020 abc123", "mi6 kn23 g20 f35 h1n1 co2 trump2020 abc123"),
    ("Trump [1] and x[1234] and [a]", "trump 1 and x 1234 and a"),
    ("Трамп2 сказал", "трамп 2 сказал"),
    ("Trump2,3", "trump2,3"),
]


@pytest.mark.parametrize(("text", "keys"), MARKED, ids=[text for text, _ in MARKED])
def test_a_footnote_mark_is_no_part_of_the_word_before_it(text: str, keys: str) -> None:
    """Marks in brackets and superscripts vanish; a plain number is a word of its own."""
    assert [word.key for word in segment_text(text).words] == keys.split()
    assert [word.key for word in words_of(text)] == keys.split()


def test_the_closed_lists_are_plain_letters_and_short() -> None:
    """The kernel packs each of them into one number."""
    listed = ELISIONS.union(*ENDINGS.values())
    assert all(word.isascii() and word.islower() and len(word) <= LONGEST for word in listed)


@pytest.mark.parametrize(
    "piece", ["l'", "'", "un'", "a'", "x[1]", "[1]", "abc1", "'ın", "a\u0301'"]
)
def test_a_hundred_thousand_apostrophes_or_marks_take_no_time(piece: str) -> None:
    """Every part of a text is read once, so this ends at once rather than never."""
    text = piece * (100_000 // len(piece))
    assert len(segment_text(text, language="tr", one_sentence=True).words) <= len(text)


SENTENCES = [
    ("He left. She stayed! Why? No.", ["He left.", "She stayed!", "Why?", "No."]),
    (
        "Mr. Kim met Gen. Mattis in the U.S. Monday. Done.",
        ["Mr. Kim met Gen. Mattis in the U.S. Monday.", "Done."],
    ),
    ("“We are open.” (Really.) “Yes.”", ["“We are open.”", "(Really.)", "“Yes.”"]),
    ("It rose 3.5 percent. 12 died. e.g. this", ["It rose 3.5 percent.", "12 died. e.g. this"]),
    ("At No. 5 he said no. Then left.", ["At No. 5 he said no.", "Then left."]),
    ("One.\n\nno capital", ["One.", "no capital"]),
    ("Line one\nline two. And", ["Line one\nline two.", "And"]),
    ("金正恩。トランプ！", ["金正恩。", "トランプ！"]),
    ("갔다. 그는", ["갔다.", "그는"]),
]


@pytest.mark.parametrize(("text", "sentences"), SENTENCES, ids=[text[:20] for text, _ in SENTENCES])
def test_sentences_end_where_the_language_says(text: str, sentences: list[str]) -> None:
    """The shared splitter's sentences, paragraph by paragraph."""
    assert [text[span.start : span.end] for span in segment_text(text).sentences] == sentences


def test_paragraphs_end_at_blank_lines() -> None:
    """A blank line ends a paragraph, a single line break does not.

    It may hold white space and end in any way.
    """
    text = "a\nb\r\n \r\nc\n\n\n d\u2029e"
    assert [text[span.start : span.end] for span in find_paragraphs(text)] == [
        "a\nb",
        "c",
        "d",
        "e",
    ]
    assert [word.paragraph for word in segment_text(text).words] == [0, 0, 1, 2, 3]


def test_a_headline_is_one_sentence_and_one_paragraph() -> None:
    """Whatever stands in it."""
    headline = segment_text("Kim agrees. Trump waits.\n\nMore", one_sentence=True)
    assert {(word.sentence, word.paragraph) for word in headline.words} == {(0, 0)}
