import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.check import Vocabulary
from services.alerting.language.errors import LanguageError
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.diagnose import diagnose
from services.alerting.language.parsing.parse import parse
from tests.hypothesis_profiles import examples

ERRORS = [
    # expression, line, column, code, part of the suggestion
    ("", 1, 1, "empty", "trump AND kim"),
    (" \n ", 1, 1, "empty", "trump AND kim"),
    ("trump kim", 1, 7, "side-by-side", '"trump kim" or trump AND kim'),
    ('"second summit" kim', 1, 17, "side-by-side", "AND kim"),
    ("actor(kim-jong-un) summit", 1, 20, "side-by-side", "AND summit"),
    ("(a OR b) (c OR d)", 1, 10, "side-by-side", "AND"),
    ("trump AND kim\nOR\nmoon", 2, 1, "mixed-operators", "(trump AND kim) OR"),
    ("a OR b AND c", 1, 8, "mixed-operators", "(a OR b) AND"),
    ("x AND (a OR b AND c)", 1, 15, "mixed-operators", "(a OR b) AND"),
    ("trump and kim", 1, 7, "lower-case-operator", "AND"),
    ("trump or kim", 1, 7, "lower-case-operator", "OR"),
    ("trump AND not kim", 1, 11, "lower-case-operator", "NOT"),
    ("trump w/5 kim", 1, 7, "lower-case-operator", "W/5"),
    ("trump pre/3 kim", 1, 7, "lower-case-operator", "PRE/3"),
    ("trump w/s kim", 1, 7, "lower-case-operator", "W/S"),
    ("trump /5 kim", 1, 7, "foreign-operator", "W/5"),
    ("trump near5 kim", 1, 7, "foreign-operator", "W/5"),
    ("trump NEAR/5 kim", 1, 7, "foreign-operator", "W/5"),
    ("trump near kim", 1, 7, "side-by-side", "W/5"),
    ("trump onear/5 kim", 1, 7, "foreign-operator", "PRE/5"),
    ("trump /s kim", 1, 7, "foreign-operator", "W/S"),
    ("trump +s kim", 1, 7, "foreign-operator", "W/S"),
    ("trump & kim", 1, 7, "foreign-operator", "AND"),
    ("trump || kim", 1, 7, "foreign-operator", "OR"),
    ("trump, kim", 1, 6, "foreign-operator", "AND or OR"),
    ("-golf", 1, 1, "foreign-operator", "AND NOT"),
    ("trump/kim", 1, 6, "foreign-operator", '"trump kim"'),
    ("trump PRE/S kim", 1, 7, "foreign-operator", "W/S"),
    ("trump W/0 kim", 1, 7, "bad-number", "W/5"),
    ("trump W/99999 kim", 1, 7, "bad-number", "W/5"),
    ("ATLEAST0(a)", 1, 1, "bad-number", "ATLEAST3"),
    ("trump NOT kim", 1, 7, "side-by-side", "AND NOT"),
    ("NOT trump", 1, 1, "not-alone", "trump AND NOT golf"),
    ("NOT trump AND NOT kim", 1, 1, "not-alone", "term first"),
    ("lang(en) AND NOT trump", 1, 14, "not-alone", "term first"),
    ("trump AND headline(NOT kim)", 1, 20, "not-alone", "term first"),
    ("a OR NOT b", 1, 6, "or-not", "AND NOT"),
    ("c AND (a OR NOT b)", 1, 13, "or-not", "AND NOT"),
    ("b AND NOT NOT a", 1, 11, "double-negation", "leave both out"),
    ("b AND NOT (NOT a)", 1, 12, "double-negation", "leave both out"),
    ("a W/5 b W/5 c", 1, 9, "chained-proximity", "a W/5 b AND b W/5 c"),
    ("(a W/5 b) W/5 c", 1, 4, "chained-proximity", "two clauses"),
    ("(trump AND kim) W/5 summit", 1, 8, "operand", "two clauses"),
    ("summit W/5 (trump AND kim)", 1, 19, "operand", "two clauses"),
    ("a W/5 NOT b", 1, 7, "operand", "a NOT W/5 b"),
    ("headline(a) W/5 b", 1, 1, "operand", "headline(a W/5 b)"),
    ("ATLEAST2(a AND b)", 1, 12, "operand", "two clauses"),
    ("lang(en) W/5 a", 1, 1, "operand", "a term, a tag"),
    ("exact(a OR b)", 1, 9, "operand", "exact(US) OR"),
    ("exact((a))", 1, 7, "operand", "exact(US)"),
    ("exact(trump*)", 1, 7, "wildcard", "exact(Korea)"),
    ("lang(en)", 1, 1, "filter-alone", "trump AND lang(en)"),
    ("words > 200", 1, 1, "filter-alone", "term beside it"),
    ("trump OR source(afp)", 1, 10, "filter-alone", "term beside it"),
    ("headline(lang(en) AND a)", 1, 10, "filter-inside", "headline(…) with AND"),
    ("body(lead(a))", 1, 6, "nested-place", "lead(…) AND body(…)"),
    ("trump AND", 1, 10, "missing-term", "a word"),
    ("trump AND  \n", 1, 10, "missing-term", "a word"),
    ("trump W/5", 1, 10, "missing-term", "a word"),
    ("AND trump", 1, 1, "missing-term", "a word"),
    ("trump AND OR kim", 1, 11, "missing-term", "a word"),
    ("()", 1, 2, "missing-term", "a word"),
    ("headline()", 1, 10, "missing-term", "a word"),
    ("actor()", 1, 7, "missing-term", "actor(kim-jong-un)"),
    ("trump AND (kim OR moon", 1, 11, "unclosed-bracket", ")"),
    ("trump AND headline(summit", 1, 19, "unclosed-bracket", ")"),
    ("trump AND actor(kim-jong-un", 1, 16, "unclosed-bracket", ")"),
    ("trump) AND kim", 1, 6, "unexpected-bracket", "leave it out"),
    ('trump AND "end of the war', 1, 11, "unclosed-quote", 'close it with "'),
    ('trump AND "..."', 1, 11, "no-word", "a word"),
    ("'end of the war'", 1, 1, "bad-character", "double quotes"),
    ("trump AND #kim", 1, 11, "bad-character", "comment stands outside"),
    ("trump # the president", 1, 7, "bad-character", "comment stands outside"),
    ("3.5%", 1, 4, "bad-character", "write 3.5"),
    ("C#", 1, 2, "bad-character", "write C"),
    ("$100", 1, 1, "bad-character", "write 100"),
    ("words >= 200 AND a", 1, 7, "foreign-operator", "words > 199"),
    ("a AND words > many", 1, 15, "bad-number", "words > 200"),
    ("a = b", 1, 3, "foreign-operator", "words > 200"),
    ("su*", 1, 3, "wildcard", "list the forms"),
    ("sum*it", 1, 4, "wildcard", "list the forms"),
    ('"su* talks"', 1, 4, "wildcard", "list the forms"),
    ('"the sum*it talks"', 1, 9, "wildcard", "list the forms"),
    ('"a ? b"', 1, 4, "wildcard", "organi?ation"),
    ('exact("summit* talks")', 1, 7, "wildcard", "exact(Korea)"),
    ("trump-kim*", 1, 10, "wildcard", "PRE/1"),
    ("a AND ???", 1, 7, "wildcard", "organi?ation"),
    ("heading(summit)", 1, 1, "unknown-function", "headline("),
    ("HEADLINE(summit)", 1, 1, "unknown-function", "headline("),
    ("atleast3(summit)", 1, 1, "unknown-function", "ATLEAST3("),
    ("event()", 1, 7, "missing-term", "event(missile-test)"),
    ("actor(Kim Jong Un)", 1, 7, "bad-id", "actor(kim-jong-un)"),
    ("actor(Kim Jong Un)", 1, 7, "bad-id", 'actor("Kim Jong Un")'),
    ('actor("kim jong un")', 1, 1, "unresolved-name", "write its id"),
    ('source("afp")', 1, 8, "bad-id", "source(afp)"),
    ('event("missile test")', 1, 7, "bad-id", "event(missile-test)"),
    ("event(visit", 1, 6, "unclosed-bracket", ")"),
    ("event(visit, denied)", 1, 14, "bad-argument", "status=denied"),
    ("event(visit, actor(a))", 1, 14, "bad-argument", "who=actor(a)"),
    ("event(visit,)", 1, 13, "bad-argument", "status=denied"),
    ("event(visit, state=any)", 1, 14, "bad-argument", "status="),
    ("event(visit, by=actor(a))", 1, 14, "bad-argument", "who="),
    ("event(visit, wo=actor(a))", 1, 14, "bad-argument", "who="),
    ("event(visit, zzz=actor(a))", 1, 14, "bad-argument", "status=, who= and to="),
    ("event(visit, status=)", 1, 21, "bad-argument", "status=any"),
    ("event(visit, status=false)", 1, 21, "bad-argument", "status=denied"),
    ("event(visit, status=deny)", 1, 21, "bad-argument", "status=denied"),
    ("event(visit, status=xyz)", 1, 21, "bad-argument", "asserted, any, planned"),
    ("event(visit, status:any)", 1, 20, "bad-argument", "status=…"),
    ("event(visit, status=any, status=past)", 1, 26, "bad-argument", "leave one"),
    ("event(visit, who=prk)", 1, 18, "bad-argument", "who=country(prk)"),
    ("event(visit, to=kim-jong-un)", 1, 17, "bad-argument", "to=actor(kim-jong-un)"),
    ("event(visit, who=office(us-president))", 1, 18, "bad-argument", "who=actor(us-president)"),
    ("event(visit, who=actor(a) OR actor(b))", 1, 27, "bad-argument", "one event() for each"),
    ("event(visit, who=actor(Kim))", 1, 24, "bad-id", "actor(kim)"),
    ("event(visit, who=actor())", 1, 24, "missing-term", "actor(kim-jong-un)"),
    ("asserted(lang(en))", 1, 10, "filter-inside", "asserted(…) with AND"),
    ("asserted(NOT a)", 1, 10, "not-alone", "term first"),
    ("asserted(asserted(a))", 1, 10, "nested-place", "one of them"),
    ("asserted(fresh(a))", 1, 10, "nested-place", "leave fresh() out"),
    ("fresh(headline(asserted(a)))", 1, 16, "nested-place", "leave fresh() out"),
    ("deck(headline(a))", 1, 6, "nested-place", "headline(…) AND deck(…)"),
    ("a W/5 asserted(b)", 1, 7, "operand", "asserted(a W/5 b)"),
    ('headline:"north korea"', 1, 9, "foreign-operator", 'headline("north korea")'),
    ('title:"x"', 1, 6, "foreign-operator", 'headline("x")'),
    ("headline:(a OR b)", 1, 9, "foreign-operator", "headline(a OR b)"),
    ("deck: kim", 1, 5, "foreign-operator", "deck(kim)"),
    ('source:"afp"', 1, 7, "foreign-operator", "source(afp)"),
    ("actor(kim-jong-un OR moon-jae-in)", 1, 7, "bad-id", "actor("),
    ("(" * 251 + "a" + ")" * 251, 1, 251, "too-deep", "several rules"),
    ("a OR " * 20_000 + "a", 1, 100_001, "too-long", "several rules"),
    ("b AND NOT NOT NOT a", 1, 11, "double-negation", "leave both out"),
    ("a AND words > 1,000", 1, 15, "bad-number", "words > 1000"),
    ("a AND words > 200.5", 1, 15, "bad-number", "words > 200"),
    ("ATLEAST10000(a)", 1, 1, "bad-number", "ATLEAST3"),
    ("ATLEAST 3 (a)", 1, 9, "side-by-side", "ATLEAST3(…)"),
    ("a W/5b", 1, 3, "foreign-operator", "write W/5 with a blank"),
    ("a W5 b", 1, 3, "side-by-side", "W/5"),
    ("a AND/OR b", 1, 6, "foreign-operator", "write OR"),
    ("a (b)", 1, 3, "side-by-side", "AND or OR between"),
    ("title(summit)", 1, 1, "unknown-function", "headline("),
    ("source:nikkei", 1, 7, "foreign-operator", "source(nikkei)"),
    ("Title:summit", 1, 6, "foreign-operator", "headline(summit)"),
    ("a AND lang=en", 1, 11, "foreign-operator", "lang(en)"),
    ("summit~2", 1, 7, "bad-character", '"summit~2"'),
    ("AT&T", 1, 3, "bad-character", '"AT&T"'),
    ("a;b", 1, 2, "bad-character", '"a;b"'),
    ("[a OR b]", 1, 1, "bad-character", "brackets are round"),
    ("«a b»", 1, 1, "bad-character", "double quotes"),
    ("a AND 🚀", 1, 7, "bad-character", "only words"),
]


@pytest.mark.parametrize(
    ("expression", "line", "column", "code", "suggestion"),
    ERRORS,
    ids=[error[0][:30] or "nothing" for error in ERRORS],
)
def test_every_mistake_is_told_at_its_token(
    expression: str, line: int, column: int, code: str, suggestion: str
) -> None:
    """An expression that is none raises one error: where, what kind, and how to mend it."""
    with pytest.raises(LanguageError) as raised:
        parse(expression)
    error = raised.value
    assert (error.line, error.column, error.code) == (line, column, code)
    assert suggestion in error.suggestion
    assert error.message


CANONICAL = [
    ("Trump", "trump"),
    ("Trump’s", "trump"),
    ("Trump-Kim", '"trump kim"'),
    ("“end  of\nthe war”", '"end of the war"'),
    ('"summit"', "summit"),
    ('"and"', '"and"'),
    ("Zürich OR STRASSE OR straße", "zurich OR strasse OR strasse"),
    ("u.s", "U.S."),
    ("exact(U.S.)", "exact(US)"),
    ('exact("The North")', 'exact("The North")'),
    ("金正恩", '"金正恩"'),
    ("F-35 OR 1,000 OR O'Brien", '"f 35" OR 1,000 OR o\'brien'),
    ("(a) AND ((b))", "a AND b"),
    ("a OR (b OR c)", "a OR b OR c"),
    ("(NOT a) AND b", "b AND NOT a"),
    ("NOT a W/5 b AND c", "c AND NOT a W/5 b"),
    ("c AND NOT (a OR b)", "c AND NOT (a OR b)"),
    ("a NOT   W/5 b", "a NOT W/5 b"),
    ("a AND words>200", "a AND words > 200"),
    ("a W/5 (b OR (c OR d))", "a W/5 (b OR c OR d)"),
    ("actor( kim-jong-un ) W/S country(usa)", "actor(kim-jong-un) W/S country(usa)"),
    ("Denuclear* AND organi?ation", "denuclear* AND organi?ation"),
    ("ATLEAST3 (sanction*) AND headline (summit)", "ATLEAST3(sanction*) AND headline(summit)"),
    ("trump AND (source(nikkei) OR lang(en))", "trump AND (source(nikkei) OR lang(en))"),
    ("\ufefftrump\u00a0AND\u200b kim", "trump AND kim"),
    ("actor OR words OR near", "actor OR words OR near"),
]


@pytest.mark.parametrize(("written", "form"), CANONICAL, ids=[written for written, _ in CANONICAL])
def test_one_canonical_form(written: str, form: str) -> None:
    """Ways of writing the same thing have one form, and parsing the form gives the same tree."""
    assert canonical(parse(written)) == form
    assert parse(form) == parse(written)


def _tags() -> st.SearchStrategy[str]:
    return st.sampled_from(
        ["actor(kim-jong-un)", "office(us-president)", "country(prk)", "keyword(sanctions)"]
    )


_words = st.text(
    st.characters(categories=("L", "M", "N")), min_size=1, max_size=6
) | st.sampled_from(["U.S.", "O'Brien", "1,000", "ß.İ.", "金正恩", "김정은", "ＮＡＴＯ", "and"])
_terms = (
    st.lists(_words, min_size=1, max_size=3).map(lambda words: '"' + " ".join(words) + ' x"')
    | st.sampled_from(
        ["summit", "den*", "organi?ation", "exact(US)", 'exact("North Korea")', "Trump-Kim"]
    )
    | _tags()
)
_operands = _terms | st.lists(_terms, min_size=2, max_size=3).map(
    lambda terms: f"({' OR '.join(terms)})"
)
_clauses = (
    _operands
    | st.tuples(
        _operands,
        st.sampled_from([" W/5 ", " PRE/2 ", " W/S ", " W/P ", " NOT W/3 ", " NOT W/S "]),
        _operands,
    ).map("".join)
    | _operands.map(lambda operand: f"ATLEAST2({operand})")
)
expressions = st.recursive(
    _clauses,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})")
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})")
        | st.tuples(inner, inner).map(
            lambda parts: f"((NOT ({parts[0]})) AND {parts[1]} AND words > 3)"
        )
    ),
    max_leaves=8,
)


@given(expressions)
@examples(150)
def test_parsing_the_canonical_form_gives_the_tree_back(expression: str) -> None:
    """format() loses nothing and is a fixed point: the revision of a rule hangs on it."""
    tree = parse(expression)
    form = canonical(tree)
    assert parse(form) == tree
    assert canonical(parse(form)) == form


ALL_AT_ONCE = [
    ("trump and kim near5 moon", [(7, "lower-case-operator"), (15, "foreign-operator")]),
    (
        "actor(Kim and Moon) OR summit^2 AND den*r",
        [(7, "bad-id"), (30, "bad-character"), (40, "wildcard")],
    ),
    ('a AND "x* y" AND "end of, and so on', [(9, "wildcard"), (18, "unclosed-quote")]),
    ("AND b and c", [(1, "missing-term"), (7, "lower-case-operator")]),
    (
        "(a OR NOT b) AND d W/5 (e AND f) AND lead(body(a))",
        [(7, "or-not"), (27, "operand"), (43, "nested-place")],
    ),
    ("a kim AND actor(kim-jong-n)", [(3, "side-by-side"), (11, "unknown-actor")]),
    (
        "actor(kim-jong-n) AND office(us-presidnt) AND us",
        [(1, "unknown-actor"), (23, "unknown-office"), (47, "common-word")],
    ),
]


@pytest.mark.parametrize(("expression", "found"), ALL_AT_ONCE, ids=[row[0] for row in ALL_AT_ONCE])
def test_several_mistakes_of_one_expression_are_told_at_once(
    expression: str, found: list[tuple[int, str]]
) -> None:
    """Independent mistakes are reported together.

    They stand in the order of the expression; what one mistake causes is not reported as another.
    """
    vocabulary = Vocabulary(actors=frozenset({"kim-jong-un"}), offices=frozenset({"us-president"}))
    assert [(one.column, one.code) for one in diagnose(expression, vocabulary)[1]] == found
