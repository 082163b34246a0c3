"""``summitwire try``: the sub-commands."""

from typing import Final

from services.console.lazy import CommandSource, make_group

SOURCES: Final = {
    "clean": CommandSource(
        "dry_run.clean:try_clean", "Extract articles from files, as the cleaner does."
    ),
    "tag": CommandSource(
        "dry_run.tag:try_tag", "Tag people, offices, countries and keywords, as the tagger does."
    ),
    "match": CommandSource(
        "dry_run.match:try_match", "Say which rules each article fires, and where."
    ),
    "dups": CommandSource(
        "dry_run.dups:try_dups",
        "Find articles that are copies of one another: reprints, excerpts, edited versions.",
    ),
    "stories": CommandSource(
        "dry_run.stories:try_stories",
        "Gather articles into stories, and say what each adds.",
    ),
}

app = make_group(
    "Run the core without a broker: the same functions, settings and output as the services.",
    SOURCES,
)
