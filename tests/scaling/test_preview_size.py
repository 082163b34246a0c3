"""What the board shows of a rule is bounded, whatever it is tried on."""

import orjson

from services.board.questions.rule_preview import FIRING, NEAREST, preview_rule
from tests.unit.board.board_samples import a_tagged
from tests.unit.board.questions.test_rule_preview import FOLDERS


def test_the_answer_is_bounded() -> None:
    """However many articles fire, however long they and the expression are."""
    many = tuple(
        a_tagged(number, headline="H" * 9_000, body="kim " * 9_000)
        for number in range(FIRING + NEAREST + 5)
    )
    words = " OR ".join(f"word{number}" for number in range(200))
    for expression in ("kim", f"iran AND ({words})", f"kim OR {words}"):
        found = preview_rule(expression, many, FOLDERS)
        assert len(orjson.dumps(found)) < 100_000
        assert (len(found["fires"]) <= FIRING, len(found["nearest"]) <= NEAREST) == (True, True)
