from collections.abc import Callable, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.body import join_paragraphs
from services.cleaner.pipeline import clean
from services.cleaner.text.foreign_paragraphs import mark_foreign
from services.cleaner.text.language import identify_language
from services.cleaner.text.ngrams import probabilities
from shared.base.outcomes import Drop
from shared.messages.schemas import RawArticle

ENGLISH = (
    (
        "The two delegations met for three hours on Tuesday and agreed to meet again before the "
        "end of the month, officials of both sides said."
    ),
    (
        "President Moon Jae-in said that he would fly to Pyongyang if the talks went well, and "
        "that the sanctions would stay in place until then."
    ),
    "A spokesman declined to say where the next round would be held, or who would take part in it.",
)
GERMAN = (
    (
        "Die Unterhändler haben sich am Dienstag drei Stunden lang getroffen und wollen vor Ende "
        "des Monats weiter verhandeln, hieß es danach."
    ),
    (
        "Der Präsident sagte, die Sanktionen blieben in Kraft, bis die Gespräche abgeschlossen "
        "seien und das Ergebnis überprüft worden sei."
    ),
)
KOREAN = (
    "두 나라 대표단은 화요일에 세 시간 동안 회담을 하고 이달 말까지 다시 만나기로 했다고 양측 "
    "관계자들이 밝혔다."
)


@pytest.fixture
def build_draft(raw: Callable[..., RawArticle]) -> Callable[[Sequence[str]], ArticleDraft]:
    """Return a draft of these paragraphs with its language and the foreign ones."""

    def build(paragraphs: Sequence[str]) -> ArticleDraft:
        body, spans = join_paragraphs(tuple(paragraphs))
        return mark_foreign(
            identify_language(ArticleDraft(raw=raw(""), body=body, paragraphs=spans))
        )

    return build


def foreign(draft: ArticleDraft) -> list[tuple[str, str]]:
    """Return language and text of each foreign paragraph."""
    return [(span.language, draft.body[span.start : span.end]) for span in draft.foreign]


def test_paragraphs_in_another_language_are_marked(
    build_draft: Callable[[Sequence[str]], ArticleDraft],
) -> None:
    """Each has its span and a high confidence, in any script and position."""
    draft = build_draft((*ENGLISH[:2], KOREAN, ENGLISH[2], GERMAN[0]))
    assert draft.language == "en"
    assert foreign(draft) == [("ko", KOREAN), ("de", GERMAN[0])]
    assert all(0.9 <= span.confidence <= 1 for span in draft.foreign)


@pytest.mark.parametrize(
    "paragraph",
    [
        "“Ich bin ein Berliner”, he said.",
        (
            "“Die Gespräche gehen weiter”, Chancellor Angela Merkel said in Berlin, according to "
            "the Frankfurter Allgemeine Zeitung."
        ),
        (
            "Kim Jong Un (김정은), Ri Son Gwon (리선권) and Choe Son Hui (최선희) took part, "
            "according to KCNA's report on the meeting."
        ),
        "SEOUL, Sept 12 (Yonhap)",
        (
            "Choe Ryong Hae, Ri Su Yong, Pak Pong Ju, No Kwang Chol, Ri Yong Gil, Kim Su Gil, Ri "
            "Myong Su, Choe Tae Bok, Yang Hyong Sop, Ro Tu Chol"
        ),
        (
            "12 344 555 … 66,6 % +++ 12:30 +++ 4,500 (2) 99 100 101 102 103 104 105 106 107 108 "
            "109 110 111 112 113 114 115 116 117 118"
        ),
    ],
)
def test_names_and_short_quotes_are_not_foreign(
    build_draft: Callable[[Sequence[str]], ArticleDraft], paragraph: str
) -> None:
    """Lines of names or numbers, and sentences with short quotes, are the article's."""
    assert foreign(build_draft((*ENGLISH, paragraph))) == []


def test_a_language_close_by_is_not_foreign(
    build_draft: Callable[[Sequence[str]], ArticleDraft],
) -> None:
    """A paragraph hardly tells Norwegian from Danish."""
    norwegian = (
        "Partene møttes i tre timer tirsdag og ble enige om å møtes igjen før slutten av måneden, "
        "sier begge sider etter samtalene."
    )
    danish = (
        "Parterne mødtes i tre timer tirsdag og blev enige om at mødes igen inden udgangen af "
        "måneden, siger begge sider efter samtalerne."
    )
    assert foreign(build_draft((norwegian, danish, norwegian))) == []


def test_the_language_of_most_of_the_text_is_the_articles(
    build_draft: Callable[[Sequence[str]], ArticleDraft],
) -> None:
    """A summary in another language at the start is the foreign paragraph."""
    draft = build_draft((" ".join(GERMAN * 2), *ENGLISH[:2] * 3))
    assert draft.language == "en"
    assert [language for language, _ in foreign(draft)] == ["de"]


def test_the_article_carries_its_foreign_paragraphs(raw: Callable[..., RawArticle]) -> None:
    """They are spans of the body."""
    article = clean(raw("Talks go on\n\n" + "\n\n".join((*ENGLISH, GERMAN[0])) + "\n"))
    assert not isinstance(article, Drop)
    assert [(span.language, article.body[span.start : span.end]) for span in article.foreign] == [
        ("de", GERMAN[0])
    ]


@cache
def library() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(st.sampled_from(" ".join((*ENGLISH, *GERMAN, KOREAN)).split()), max_size=30).map(
            " ".join
        ),
    )
)
def test_the_compiled_model_says_what_the_library_says(text: str) -> None:
    """Every language has the same probability, to a float's precision.

    That holds for any text, with or without an n-gram of the model.
    """
    shares = probabilities(text)
    library_shares = dict(library().rank(text))
    assert shares.keys() == library_shares.keys()
    assert max(abs(shares[language] - library_shares[language]) for language in shares) < 1e-4
