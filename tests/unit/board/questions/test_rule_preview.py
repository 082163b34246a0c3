from typing import Any

import pytest

from services.board.questions.rule_preview import (
    preview_on_article,
    preview_on_text,
    preview_rule,
)
from shared.base.project import project_root
from tests.unit.board.board_samples import a_tagged

FOLDERS = (str(project_root() / "seeds" / "actors"), str(project_root() / "seeds" / "keywords"), "")
NEWS = (
    a_tagged(1),
    a_tagged(2, body="Trump wants a summit with Moon."),
    a_tagged(3, headline="Harvest", body="The harvest was good."),
)


def test_recent_articles_that_would_fire_come_with_marked_words() -> None:
    """The words by clause, the sentences with the words marked, and what nearly fired with the
    smallest change.
    """
    found = preview_rule("trump AND actor(kim-jong-un)", NEWS, FOLDERS)
    assert (found["rule"], found["error"], found["tried"], found["firing"]) == (
        "trump AND actor(kim-jong-un)",
        None,
        3,
        1,
    )
    (fires,) = found["fires"]
    assert fires["clauses"] == [
        {"clause": "trump", "words": ["Trump"]},
        {"clause": "actor(kim-jong-un)", "words": ["Kim Jong Un"]},
    ]
    assert [part["text"] for part in fires["sentences"][0]["parts"] if part["mark"]] == [
        "Trump",
        "Kim Jong Un",
    ]
    assert [(miss["id"], miss["clause"], miss["changed"]) for miss in found["nearest"]] == [
        ("article-2", "actor(kim-jong-un)", None),
        ("article-3", "trump", None),
    ]


def test_words_that_similar_articles_have_are_suggested() -> None:
    """Each with what it lets in and costs; the changed rule can be taken over."""
    launches = [
        a_tagged(n, headline=f"Launch {n}", body=f"Pyongyang launched a {weapon} from Wonsan.")
        for n, weapon in enumerate(["missile", "missile", "missile", "projectile", "projectile"])
    ]
    steel = [
        a_tagged(n, headline=f"Steel {n}", body=f"Carmakers fear tariffs on steel, part {n}.")
        for n in range(5, 12)
    ]
    (word, *_further) = preview_rule("missile", (*launches, *steel), FOLDERS)["suggestions"]
    assert (word["word"], word["similar"], word["articles"]) == ("projectile", 2, 2)
    assert word["rule"] == "missile OR projectile"


def test_an_error_says_where_and_what_to_write() -> None:
    """As `rules check` does; no article is looked at."""
    found = preview_rule("trump kim", NEWS, FOLDERS)
    assert found["rule"] is None
    assert {name: found["error"][name] for name in ("line", "column", "code")} == {
        "line": 1,
        "column": 7,
        "code": "side-by-side",
    }
    assert "tried" not in found


def test_an_unknown_actor_is_told() -> None:
    """The vocabulary is the tagger's."""
    (finding,) = preview_rule("actor(kim-jong-n)", NEWS, FOLDERS)["findings"]
    assert (finding["level"], finding["suggestion"]) == (
        "error",
        "did you mean actor(kim-jong-un)?",
    )


def test_one_article_is_explained_either_way() -> None:
    """Why it fires, or the clause that fails."""
    assert preview_on_article("kim", NEWS[0], FOLDERS)["one"]["fires"] is True
    missed = preview_on_article("kim W/2 trump", NEWS[0], FOLDERS)["one"]
    assert (missed["fires"], missed["changed"]) == (False, "kim W/4 trump")


def test_a_pasted_text_is_tagged() -> None:
    """By the tagger's own data, as of the day that is given."""
    told = preview_on_text(
        "office(us-secretary-of-state)",
        "Visit",
        "Mike Pompeo flew to Asia.",
        "2018-09-12T00:00:00+00:00",
        FOLDERS,
    )
    assert told["one"]["fires"] is True
    assert (
        preview_on_text(
            "office(us-secretary-of-state)",
            "",
            "Mike Pompeo spoke.",
            "2012-09-12T00:00:00+00:00",
            FOLDERS,
        )["one"]["fires"]
        is False
    )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("country(kor) AND lang(de)", "Trump reist nach Südkorea, sagte ein Sprecher am Mittwoch."),
        ("country(prk) AND lang(fr)", "La Corée du Nord a accueilli le président Moon mardi."),
        ("keyword(summit)", "Das Gipfeltreffen der beiden Staatschefs begann am Dienstag."),
    ],
)
def test_a_pasted_text_is_tagged_in_its_own_language(expression: str, text: str) -> None:
    """German and French names of countries and forms of keywords count in German and French."""
    today = "2018-09-12T00:00:00+00:00"
    preview = preview_on_text(expression, "", text, today, FOLDERS)
    assert preview["one"]["fires"] is True


def test_a_record_that_nobody_can_read_spoils_no_trial() -> None:
    """It is passed over; its own stage has made a dead letter of it."""
    assert preview_rule("kim", (b'{"article": 1}', *NEWS), FOLDERS)["tried"] == 3


HOSTILE = [
    "__import__('os').system('id')",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "'; DROP TABLE rules; --",
    "\x00",
    "(" * 1_500,
    "*" * 99,
]


@pytest.mark.parametrize("expression", HOSTILE)
def test_hostile_text_is_an_error_like_any_other(expression: str) -> None:
    """It is read as an expression and nothing else."""
    found: dict[str, Any] = preview_rule(expression, NEWS, FOLDERS)
    assert found["error"] or found["firing"] == 0
