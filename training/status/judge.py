"""Judge a marked trigger as the tagger would, in as much of its article as is known."""

from services.tagger.status.event_kind import StatusVerdict
from services.tagger.status.model import StatusModel
from services.tagger.status.status_reader import StatusReader
from shared.messages.schemas import FieldName
from training.status.examples import Example, scan_of


def verdict_on(example: Example, model: StatusModel) -> StatusVerdict:
    """Return the verdict of a model on an example."""
    field: FieldName = "headline" if example.is_headline else "body"
    before = f"{example.lead}\n\n" if example.lead and not example.is_headline else ""
    scans = [scan_of(field, before + example.text)]
    if example.headline and not example.is_headline:
        scans.insert(0, scan_of("headline", example.headline))
    reader = StatusReader(scans, example.day, example.language, model)
    offset = len(before)
    return reader.status(field, offset + example.start, offset + example.end, example.kind)
