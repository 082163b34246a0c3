"""Explainers built of components keep their prose, and nothing of the boxes built like it."""

import pytest

from tests.article_pages import body_of
from tests.component_pages import (
    LAYOUTS,
    UNSEEN_LAYOUTS,
    Explainer,
    Layout,
    component_page,
    load_explainers,
)

PAGES = [
    *((layout, text) for layout in LAYOUTS for text in load_explainers(unseen=False)),
    *((layout, text) for layout in UNSEEN_LAYOUTS for text in load_explainers(unseen=True)),
]


@pytest.mark.parametrize(
    ("layout", "explainer"), PAGES, ids=[f"{layout.name}: {text.name}" for layout, text in PAGES]
)
def test_every_paragraph_of_an_explainer_is_in_its_body(
    layout: Layout, explainer: Explainer
) -> None:
    """They are there in order; besides them, only the subheads may be."""
    body = body_of(component_page(explainer, layout), explainer.headline)
    subheads = set(explainer.subheads)
    assert [part for part in body.paragraphs if part not in subheads] == explainer.paragraphs
    assert body.finding is None


def test_explainers_are_as_long_as_those_of_broadcasters() -> None:
    """Each has 20 to 45 paragraphs."""
    explainers = [*load_explainers(unseen=False), *load_explainers(unseen=True)]
    assert all(20 <= len(explainer.paragraphs) <= 45 for explainer in explainers)
