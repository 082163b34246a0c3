"""Copies are found, templates are not merged, and stories grow article by article."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.stories.article_words import MAX_WORDS, article_words
from services.cleaner.stories.compare import CopyVerdict, compare_articles
from services.cleaner.stories.index import Stories
from tests.hypothesis_profiles import examples

WORDS = (
    "talks",
    "summit",
    "leader",
    "minister",
    "treaty",
    "border",
    "army",
    "office",
    "vote",
    "report",
    "peace",
    "round",
    "state",
    "press",
)


def story(seed: int, words: int = 200) -> str:
    """A text like no other, of words that all texts use."""
    chosen = random.Random(seed)
    return " ".join(f"{chosen.choice(WORDS)}{chosen.choice('abcdefgh')}" for _ in range(words))


REPORT = (
    "Shares of Acme closed {0}% higher at {1} dollars on Monday, while the wider index gained "
    "{2}%. Trading volume was {3} million shares, compared "
    "with a 30-day average of {4} million. Analysts polled have {5} buy ratings on the stock and "
    "see it at {1} dollars."
)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (story(1), CopyVerdict.COPY),
        (story(1).upper().replace(" ", ",  "), CopyVerdict.COPY),
        ("By A. Writer\n" + story(1) + " All rights reserved.", CopyVerdict.COPY),
        (" ".join(story(1).split()[:70]), CopyVerdict.COPY),
        (" ".join(story(1).split()[:45]), CopyVerdict.EXCERPT),
        (story(2), CopyVerdict.OTHER),
        ("", CopyVerdict.OTHER),
        (" ".join(story(1).split()[:20]), CopyVerdict.OTHER),
    ],
)
def test_what_two_texts_are_to_each_other(text: str, verdict: CopyVerdict) -> None:
    """Reprints and excerpts are copies; texts with a few words in common are not.

    The order does not matter.
    """
    assert (
        compare_articles(article_words(story(1)), article_words(text))
        == compare_articles(article_words(text), article_words(story(1)))
        == verdict
    )


def test_the_same_form_with_other_figures_is_no_copy() -> None:
    """Two days' market reports are no copies; a text with one corrected figure is."""
    assert (
        compare_articles(
            article_words(REPORT.format(1.2, 40, 0.3, 12, 11, 7)),
            article_words(REPORT.format(2.4, 41, 0.1, 15, 12, 9)),
        )
        == CopyVerdict.FORM
    )
    assert (
        compare_articles(
            article_words(f"{story(3)} 41 {story(4)}"), article_words(f"{story(3)} 42 {story(4)}")
        )
        == CopyVerdict.COPY
    )


def test_stories_grow_and_join() -> None:
    """An excerpt joins its article; a text of two stories joins both.

    Their number is that of the first article.
    """
    stories = Stories()
    first, second = story(5), story(6)
    assert [
        stories.add(text)
        for text in (first, second, " ".join(first.split()[:60]), REPORT.format(1, 2, 3, 4, 5, 6))
    ] == [0, 1, 0, 3]
    assert list(stories.groups()) == [[0, 2]]
    assert stories.add(f"{first} {second}") == 0
    assert list(stories.groups()) == [[0, 1, 2, 4]]


@examples(40)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=12))
def test_the_index_finds_what_comparing_everything_finds(chosen: list[tuple[int, int]]) -> None:
    """Whole texts, halves and reordered ones: the stories are those of all pairs."""
    texts = []
    for seed, kind in chosen:
        words = story(seed).split()
        texts.append(" ".join((words, words[:100], words[100:], words[100:] + words[:100])[kind]))
    articles = [article_words(text) for text in texts]
    owner = list(range(len(texts)))
    for later in range(len(texts)):
        for earlier in range(later):
            if compare_articles(articles[earlier], articles[later]).is_copy:
                old, new = max(owner[earlier], owner[later]), min(owner[earlier], owner[later])
                owner = [new if value == old else value for value in owner]
    stories = Stories()
    for text in texts:
        stories.add(text)
    assert [stories.story_of(number) for number in range(len(texts))] == owner


def test_long_texts_are_compared_by_their_beginning() -> None:
    """So no pair takes more than a moment."""
    assert len(article_words("word " * 100_000).words) == MAX_WORDS


SAME_SENTENCES = (
    "The two sides have reached a deal on inspections after five days of talks in the capital, the "
    "ministry said in a statement on Thursday. The text will be published on Friday, a spokesman "
    "added. Both delegations leave tonight."
)


ELSEWHERE = {
    "Die Außenminister haben nach fünf Tagen in der Hauptstadt @ Abkommen über Inspektionen "
    "unterzeichnet, teilte das Ministerium am Donnerstag mit.": ("ein", "kein"),
    "Les deux délégations @ accord sur les inspections après cinq jours de pourparlers dans la "
    "capitale, a annoncé jeudi le ministère.": ("ont trouvé un", "n’ont pas trouvé d’"),
    "Las dos partes @ alcanzado un acuerdo sobre las inspecciones tras cinco días de conversaciones "
    "en la capital, informó el jueves el ministerio.": ("han", "no han"),
    "Стороны @ соглашения об инспекциях после пяти дней переговоров в столице, сообщило министерство "
    "в четверг в заявлении для прессы.": ("достигли", "не достигли"),
    "양측은 수도에서 닷새 동안 회담한 끝에 사찰 문제에 @ 외무성이 목요일 성명에서 밝혔다 본문은 "
    "금요일 저녁에 공개된다고 한다": ("합의했다고", "합의하지 않았다고"),
    "经过五天的会谈，双方就核查问题@成协议，外交部星期四在声明中说。文本将于星期五公布。": (
        "达",
        "未达",
    ),
    "五日間の会談の末、双方は査察問題で合意@。外務省が木曜日の声明で発表した。本文は金曜日に公表される。": (
        "しました",
        "しませんでした",
    ),
}


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        (
            SAME_SENTENCES,
            SAME_SENTENCES.replace("have reached", "have not reached").replace(
                "The text", "No text"
            ),
        ),
        (SAME_SENTENCES, SAME_SENTENCES.replace("have reached", "haven’t reached")),
        (SAME_SENTENCES, SAME_SENTENCES.replace("have reached a", "failed to reach a")),
        (SAME_SENTENCES, SAME_SENTENCES.replace("a deal", "no deal")),
        (SAME_SENTENCES.replace("have", "can"), SAME_SENTENCES.replace("have", "cannot")),
        *(
            (text.replace("@", asserted), text.replace("@", denied))
            for text, (asserted, denied) in ELSEWHERE.items()
        ),
    ],
)
def test_the_opposite_news_is_no_copy(text: str, opposite: str) -> None:
    """One denies in the lead what the other says, in nearly the same words."""
    first, second = article_words(text), article_words(opposite)
    assert compare_articles(first, second) == CopyVerdict.DENIAL
    assert compare_articles(second, first) == CopyVerdict.DENIAL


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a deal", "an accord"),
        ("a spokesman added.", "a spokesman added. He did not elaborate."),
        ("a spokesman added.", "a spokesman added. No injuries were reported."),
        ("in the capital", "in No. 10 Downing Street"),
        ("The text will be published on Friday, a spokesman added.", "There was no comment."),
        ("on Friday", "on Friday, not later"),
        ("Both delegations leave", "Neither delegation stays; both leave"),
    ],
)
def test_an_edited_copy_with_a_negation_is_a_copy(old: str, new: str) -> None:
    """A negation in a sentence that was added or rewritten denies nothing that the other says."""
    edited = SAME_SENTENCES.replace(old, new)
    assert edited != SAME_SENTENCES
    assert compare_articles(article_words(SAME_SENTENCES), article_words(edited)).is_copy


def test_one_corrected_denial_deep_in_a_long_text_is_a_copy() -> None:
    """The correction of one sentence is an edited copy; of two, another report."""
    one, two = (f"{story(n, 30)} they have{{}} agreed {story(n + 10, 30)}" for n in (1, 2))
    text = story(5) + one + two
    assert compare_articles(
        article_words(text.format("", "")), article_words(text.format(" not", ""))
    ).is_copy
    assert (
        compare_articles(
            article_words(text.format("", "")), article_words(text.format(" not", " never"))
        )
        == CopyVerdict.DENIAL
    )
