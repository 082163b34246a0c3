from services.tagger.actor_weights import actors_by_weight
from shared.messages.schemas import FieldName, Mention


def mention(actor: str | None, field: FieldName = "body", start: int = 0) -> Mention:
    return Mention(field=field, start=start, end=start + 3, surface="Kim", kind="name", actor=actor)


def test_the_actor_named_most_is_first() -> None:
    """Abe stands alphabetically before Kim, but is named once."""
    mentions = [mention("kim", start=n) for n in (0, 10, 20)] + [mention("abe", start=40)]
    assert actors_by_weight(mentions) == ["kim", "abe"]


def test_the_headline_weighs_more_than_mentions_at_the_end() -> None:
    """Three mentions in the background do not make an article be about somebody."""
    background = [mention("abe", start=5_000 + n) for n in range(3)]
    assert actors_by_weight([mention("kim", "headline"), *background]) == ["kim", "abe"]


def test_the_deck_weighs_more_than_the_body() -> None:
    """The standfirst names whom the article is about."""
    assert actors_by_weight([mention("kim", "deck"), mention("abe", start=900)])[0] == "kim"


def test_of_equal_weight_the_first_named_is_first() -> None:
    """The order of the text decides, not that of the ids."""
    assert actors_by_weight([mention("kim"), mention("abe", start=50)]) == ["kim", "abe"]


def test_mentions_that_name_nobody_do_not_count() -> None:
    """An office without a known holder has no actor."""
    assert actors_by_weight([mention(None)]) == []
