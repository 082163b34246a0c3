"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated, Final

import typer

from services.alerting.rules.shape import find_destination_problem
from shared.base.project import project_root

SEEDS: Final = project_root() / "seeds"
ACTORS: Final = SEEDS / "actors"
KEYWORDS: Final = SEEDS / "keywords"
RULES: Final = SEEDS / "rules"
ARTICLES: Final = SEEDS / "articles"


def check_destination(text: str | None) -> str | None:
    """Return the destination that an option names; exit 2 if it is none."""
    if text is not None and (problem := find_destination_problem(text)):
        raise typer.BadParameter(problem)
    return text


JsonObject = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
JsonLines = Annotated[
    bool, typer.Option("--json", help="One JSON object a line on standard output.")
]
JsonPerArticle = Annotated[
    bool, typer.Option("--json", help="One JSON object an article on standard output.")
]
ActorsFolder = Annotated[
    Path,
    typer.Option(
        "--actors",
        exists=True,
        help="Folder of people, offices and countries.",
        show_default="seeds/actors",
    ),
]
KeywordsFolder = Annotated[
    Path,
    typer.Option(
        "--keywords",
        exists=True,
        help="Folder of the vocabulary.",
        show_default="seeds/keywords",
    ),
]
ArticlesFolder = Annotated[
    Path,
    typer.Option(
        "--articles",
        exists=True,
        help="Folder of the articles that tests name.",
        show_default="seeds/articles",
    ),
]
RuleFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        exists=True,
        help="Rule files or folders of them.",
        show_default="seeds/rules",
    ),
]
DestinationName = Annotated[
    str | None,
    typer.Option(
        "--destination",
        metavar="NAME",
        callback=check_destination,
        help="Only there, e.g. slack:newsroom.",
        show_default=False,
    ),
]
Since = Annotated[
    str | None,
    typer.Option("--since", help="With --from-topic: only what was written since, e.g. 7d."),
]
RuleId = Annotated[
    str | None,
    typer.Argument(
        metavar="[RULE]", help="The rule's id, unless --expr is given.", show_default=False
    ),
]
Expression = Annotated[
    str | None,
    typer.Option("--expr", metavar="EXPRESSION", help="An expression instead of a rule."),
]
