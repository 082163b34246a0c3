"""To whom a full name and a surname refer."""

from collections.abc import Callable
from datetime import date

import pytest

from shared.messages.schemas import Mention, TaggedArticle

Tagging = Callable[..., TaggedArticle]


def people(article: TaggedArticle) -> list[tuple[str, str | None]]:
    return [
        (mention.surface, mention.actor) for mention in article.mentions if mention.kind != "office"
    ]


@pytest.mark.parametrize(
    ("body", "surface", "actor"),
    [
        ("Secretary of State Mike Pompeo left.", "Mike Pompeo", "mike-pompeo"),
        ("South Korean President Moon Jae-in spoke.", "Moon Jae-in", "moon-jae-in"),
        ("Kim Jong-un’s letter", "Kim Jong-un", "kim-jong-un"),
        ("Kim Jongun wrote", "Kim Jongun", "kim-jong-un"),
        ("President Trump said", "Trump", "donald-trump"),
        ("Chairman Kim said", "Kim", "kim-jong-un"),
        ("김정은은 말했다", "김정은", "kim-jong-un"),
        ("金正恩说", "金正恩", "kim-jong-un"),
        ("MIKE POMPEO TO VISIT", "MIKE POMPEO", "mike-pompeo"),
    ],
)
def test_the_mention_is_the_name_without_its_title(
    body: str, surface: str, actor: str, tagged: Tagging
) -> None:
    """No title, possessive or particle; hyphens, case and script make no difference."""
    assert people(tagged(body)) == [(surface, actor)]


def test_a_pair_is_two_mentions(tagged: Tagging) -> None:
    """Trump-Kim names both."""
    assert people(tagged("Kim Jong Un wants a Trump-Kim summit.")) == [
        ("Kim Jong Un", "kim-jong-un"),
        ("Trump", "donald-trump"),
        ("Kim", "kim-jong-un"),
    ]


def test_a_surname_needs_a_full_name(tagged: Tagging) -> None:
    """Kim and Moon alone refer to nobody: the article names no one in full."""
    assert people(tagged("Kim met Moon. The moon rose.")) == []


@pytest.mark.parametrize(
    "body",
    [
        "Kim Jong Un left. Andy Kim stayed.",
        "Kim Jong Un left. Rep. Andy Kim stayed.",
        "Kim Jong Un left Kim Il Sung Square.",
        "Kim Jong Un left. Kim Yeon-koung won a prize.",
        "Kim Jong Un left. The kim was green.",
    ],
)
def test_an_unknown_namesake_is_nobody(body: str, tagged: Tagging) -> None:
    """Beside an unknown name, in a stop name or without its capital it is not the known person."""
    assert people(tagged(body)) == [("Kim Jong Un", "kim-jong-un")]


@pytest.mark.parametrize(
    "opening", ["On Monday", "But", "President", "Mr.", "When", "He said", "In Singapore,"]
)
def test_words_before_a_surname(opening: str, tagged: Tagging) -> None:
    """Titles, days and words that open sentences are no first names."""
    mentions = people(tagged(f"Kim Jong Un came. {opening} Kim left."))
    assert [mention for mention in mentions if mention[0] == "Kim"] == [("Kim", "kim-jong-un")]


def test_full_names_in_the_body_resolve_the_headline(tagged: Tagging) -> None:
    """Both surnames of the headline are resolved from the body."""
    article = tagged("Kim Jong Un and Mike Pompeo met.", "Kim Hosts Pompeo Again")
    assert [
        (mention.surface, mention.actor)
        for mention in article.mentions
        if mention.field == "headline"
    ] == [
        ("Kim", "kim-jong-un"),
        ("Pompeo", "mike-pompeo"),
    ]


def test_two_people_of_a_surname_are_never_guessed(tagged: Tagging) -> None:
    """Two Kims named: a bare Kim lists both, in the headline too."""
    article = tagged("Kim Jong Un met Kim Yong Chol. Kim said so.", "Kim speaks")
    bare = [mention for mention in article.mentions if mention.surface == "Kim"]
    assert [(mention.actor, mention.ambiguous) for mention in bare] == [
        (None, ("kim-jong-un", "kim-yong-chol"))
    ] * 2


def test_the_only_one_so_far_is_meant(tagged: Tagging) -> None:
    """Before the second Kim is named, Kim is the first."""
    assert people(tagged("Kim Jong Un spoke. Kim smiled. Kim Yong Chol left.")) == [
        ("Kim Jong Un", "kim-jong-un"),
        ("Kim", "kim-jong-un"),
        ("Kim Yong Chol", "kim-yong-chol"),
    ]


def test_the_paragraph_says_which(tagged: Tagging) -> None:
    """The only person of the paragraph, named in an earlier sentence; otherwise ambiguous."""
    body = (
        "Kim Jong Un met Kim Yo Jong.\n\nKim Yong Chol went to Washington. Kim had a letter."
        "\n\nKim Yo Jong, sister of Kim, came."
    )
    bare = [mention for mention in tagged(body).mentions if mention.surface == "Kim"]
    assert bare[0].actor == "kim-yong-chol"
    assert bare[1].actor is None
    assert bare[1].ambiguous == ("kim-jong-un", "kim-yo-jong", "kim-yong-chol")


@pytest.mark.parametrize(
    ("body", "surname", "actor"),
    [
        ("Kim Jong Un honoured Kim Il Sung and Kim Jong Il. Kim bowed.", "Kim", "kim-jong-un"),
        ("Kim Dae-jung met Kim Jong Un's father in 2000. Kim smiled.", "Kim", "kim-jong-un"),
        ("Park Geun-hye is a daughter of Park Chung-hee. Park said so.", "Park", "park-geun-hye"),
        ("Kim Dae-jung won a prize. Kim smiled.", "Kim", "kim-dae-jung"),
        ("Roh Moo-hyun walked across the line. Roh smiled.", "Roh", "roh-moo-hyun"),
        ("Nelson Mandela was freed. Mandela smiled.", "Mandela", "nelson-mandela"),
        ("North Korea's Kim waved.", "Kim", "kim-jong-un"),
        ("Kim waved at a crowd.", "Kim", None),
        ("Reagan and Gorbachev met once.", "Reagan", None),
    ],
)
def test_a_late_leader_is_named_first(
    body: str, surname: str, actor: str | None, tagged: Tagging
) -> None:
    """Who has long been dead has a bare surname only if the article names nobody else of it."""
    bare = [mention.actor for mention in tagged(body).mentions if mention.surface == surname]
    assert bare == ([actor] if actor else [])


def test_a_trial_may_call_the_dead_by_the_surname(tagged: Tagging) -> None:
    """Within three years of a death the surname is ambiguous; later it is the living person's."""
    body = "Kim Jong Nam was a brother of Kim Jong Un. Kim flew to Macau."
    assert tagged(body, day=date(2018, 3, 1)).mentions[-1].actor is None
    assert tagged(body, day=date(2021, 3, 1)).mentions[-1].actor == "kim-jong-un"


@pytest.mark.parametrize(
    "text",
    [
        "Ho Chi Minh City is hot.",
        "The Ho Chi Minh Mausoleum is closed.",
        "The Kim Dae-jung Convention Center is full.",
        "The Nelson Mandela Foundation paid.",
        "Gerald Ford Airport was shut.",
    ],
)
def test_what_bears_a_leaders_name(text: str, tagged: Tagging) -> None:
    """Towns, monuments and bodies are not the person."""
    assert people(tagged(text)) == []


def test_a_listed_surname_is_its_owners(tagged: Tagging) -> None:
    """Trump is a name of one man, so once he is named, Melania Trump makes it no less his."""
    assert people(tagged("Trump came. Melania Trump came. Trump left.")) == [
        ("Trump", "donald-trump"),
        ("Melania Trump", "melania-trump"),
        ("Trump", "donald-trump"),
    ]


def test_kinds(tagged: Tagging) -> None:
    """A full name is a name, a bare one a surname."""
    mentions: tuple[Mention, ...] = tagged("Mike Pompeo and Trump; Pompeo left.").mentions
    assert [mention.kind for mention in mentions] == ["name", "surname", "surname"]
