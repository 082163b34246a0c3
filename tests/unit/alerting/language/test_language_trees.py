from hypothesis import given

from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import Node, children
from tests.hypothesis_profiles import examples
from tests.language_trees import trees


def nodes(tree: Node) -> list[Node]:
    return [tree, *(inner for child in children(tree) for inner in nodes(child))]


@given(trees())
@examples(300)
def test_parsing_what_format_writes_gives_the_same_tree(tree: Node) -> None:
    """The canonical form is one form.

    For every operator and nesting, because a rule's revision is the hash of its canonical form.
    """
    form = canonical(tree)
    assert parse(form) == tree
    assert canonical(parse(form)) == form


@given(trees(max_leaves=4), trees(max_leaves=4))
@examples(200)
def test_trees_are_equal_where_their_forms_are(one: Node, other: Node) -> None:
    """Equal trees are written alike, and only they."""
    assert (one == other) is (canonical(one) == canonical(other))
    assert one != other or hash(one) == hash(other)
