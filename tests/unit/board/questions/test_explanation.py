from services.board.questions.explanation import PLACES, build_explanation, marked_paragraphs
from services.board.state.board_state import BoardState
from services.board.state.cards import NAME_CHARACTERS
from shared.messages.schemas import Match
from tests.unit.board.board_samples import TEXT, a_tagged, a_tagged_record, an_alert, incoming

BODY = f"{TEXT}\n\nMore of it."


def test_an_alert_keeps_its_places() -> None:
    """Clause, field, offsets and words, with the revisions that they are of."""
    told = build_explanation(an_alert())
    assert (told.article_id, told.article_revision, told.rule_revision) == ("article-1", "1", "1")
    assert [(one.clause, one.start, one.surface) for one in told.matches] == [
        ("actor(donald-trump)", 10, "Donald Trump"),
        ("actor(kim-jong-un)", 40, "Kim Jong Un"),
    ]


def test_a_hostile_alert_costs_little() -> None:
    """Ever so many places, and words without end."""
    many = tuple(
        Match(clause="c" * 9_000, field="body", start=n, end=n + 1, surface="s" * 9_000)
        for n in range(PLACES + 7)
    )
    told = build_explanation(an_alert(matches=many))
    assert (len(told.matches), told.omitted) == (PLACES, 7)
    assert len(told.matches[0].surface) == NAME_CHARACTERS


def test_the_article_is_shown_with_the_places_marked() -> None:
    """Headline and paragraphs in order; the text is whole."""
    shown = marked_paragraphs(build_explanation(an_alert()), a_tagged(1, body=BODY))
    assert [paragraph.field for paragraph in shown] == ["headline", "body", "body"]
    assert "".join(part.text for part in shown[1].parts) == TEXT
    assert [part.text for part in shown[1].parts if part.mark] == ["Donald Trump", "Kim Jong Un"]


def test_a_deck_is_shown_between_headline_and_body() -> None:
    """Its matches are marked as those of the other texts are."""
    record = a_tagged(1, body=BODY, deck="Trump waits for Kim")
    place = Match(clause="deck(kim)", field="deck", start=16, end=19, surface="Kim")
    shown = marked_paragraphs(build_explanation(an_alert(matches=(place,))), record)
    assert [paragraph.field for paragraph in shown] == ["headline", "deck", "body", "body"]
    assert [part.text for part in shown[1].parts if part.mark] == ["Kim"]


def test_another_revision_is_not_marked() -> None:
    """Offsets are of one revision's text; of another, or of none, nothing is shown."""
    told = build_explanation(an_alert())
    assert marked_paragraphs(told, a_tagged(1, revision="2")) == ()
    assert marked_paragraphs(told, None) == ()
    assert marked_paragraphs(told, b"{}") == ()


def test_a_place_outside_the_text_marks_nothing() -> None:
    """An alert of somebody else's making may claim anything."""
    told = build_explanation(
        an_alert(matches=(Match(clause="c", field="body", start=-5, end=99_999, surface=""),))
    )
    assert all(
        part.mark
        for paragraph in marked_paragraphs(told, a_tagged(1))[1:]
        for part in paragraph.parts
    )


def test_reasons_leave_the_board_with_their_alert() -> None:
    """And articles are kept as many as are asked for."""
    board = BoardState(limit=1, max_articles=1)
    for number in (1, 2):
        board.take(incoming(an_alert(number), recorded_ms=number))
        board.take(a_tagged_record(number))
    assert (
        board.explanation("" if not board.cards() else board.cards()[0].id).article_id
        == "article-2"
    )
    assert [kept.id for kept in board.recent.newest_first()] == ["article-2"]
    assert len(board._reasons) == 1
