"""An offset points into the text as it stands, whatever script or invisible character precedes."""

from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.document import Document
from services.alerting.language.evaluate import MatchedSpan, evaluate
from services.alerting.language.occurrences import wildcard
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import AtLeast, Near, Node, Or, Tag, Term, Where, Wild, any_of
from shared.text.words import segment_text, takes_endings, words_of
from tests.hypothesis_profiles import examples
from tests.language_articles import documents
from tests.language_trees import SURFACES, trees


def claims(clause: Node) -> list[Node]:
    """Return the operands of which a span of the clause is one."""
    match clause:
        case Where(_, of) | AtLeast(_, of):
            return claims(of)
        case Near(left, right, negated=negated):
            return claims(left) if negated else [*claims(left), *claims(right)]
        case Or(of):
            return list(of)
        case _:
            return [clause]


def is_one(hit: MatchedSpan, claim: Node, document: Document) -> bool:
    """Whether the characters between the offsets, read by themselves, are what the claim says."""
    surface = document.field(hit.field).text[hit.start : hit.end]
    words = words_of(surface)
    match claim:
        case Term(wanted, exact):
            have = [word.exact if exact else word.key for word in words]
            return len(have) == len(wanted) and all(
                word == want or (takes_endings(want) and word.startswith(want))
                for word, want in zip(have, wanted, strict=True)
            )
        case Wild(pattern):
            return len(words) == 1 and wildcard(pattern).fullmatch(words[0].key) is not None
        case Tag():
            return any(
                (tag.field, tag.start, tag.end) == (hit.field, hit.start, hit.end)
                for tag in document.tags.get(claim.clause, ())
            )
        case _:
            return False


def mistaken(tree: Node, document: Document) -> list[MatchedSpan]:
    hits = evaluate(tree, document) or ()
    return [
        hit
        for hit in hits
        if not any(is_one(hit, claim, document) for claim in claims(parse(hit.clause)))
    ]


@given(trees(), documents)
@examples(200)
def test_every_hit_is_what_its_clause_says(tree: Node, document: Document) -> None:
    """The surface of a span is an occurrence of its clause.

    It is cut out of the text by its offsets and segmented again.
    """
    assert mistaken(tree, document) == []


AWKWARD = (
    "İ", "ß", "ﬃ", "e\u0301", "Z\u0327\u0308", "\u00ad", "\u200b", "\u200f", "\u202e", "\ufeff",
    "👩\u200d👩\u200d👧", "🇰🇵", "🚀",
    "金", "正", "ガ", "ﾞ", "김", "ﷺ", "שָׁ", "قمّة", "क्ष", "𝐊", "ǅ", "½", "\u0345",
    "’s", "'", "-", ".", " ", "\n", "\n\n", "\r\n", "\u2028", "\u2029", "\u3000",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(AWKWARD + SURFACES), max_size=30).map("".join),
    st.lists(st.sampled_from(SURFACES), min_size=1, max_size=3),
)
@examples(500)
def test_words_amid_awkward_characters_are_found_where_they_stand(
    text: str, surfaces: list[str]
) -> None:
    """A term is found behind any characters.

    Scripts, marks, emoji and invisible characters in any mixture; it is found where it stands.
    """
    before, term = f"{text}\n\n", f"({' '.join(surfaces)})"
    body = before + term + "\n\n" + text
    made = Document(
        headline=segment_text("", one_sentence=True),
        body=segment_text(body),
        tags={},
        source="x",
        language="en",
    )
    tree = any_of([Term(tuple(word.key for word in words_of(term)))])
    hits = evaluate(tree, made)
    assert hits is not None
    assert mistaken(tree, made) == []
    words = words_of(term)
    assert (len(before) + words[0].start, len(before) + words[-1].end) in [
        (hit.start, hit.end) for hit in hits
    ]
