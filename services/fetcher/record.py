"""Build the record of a raw article for articles.raw: live articles, seeds and replays alike."""

from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.kafka.transaction import Write
from shared.messages import headers
from shared.messages.schemas import RawArticle
from shared.stream.output import output


def raw_record(
    cluster: Cluster, article: RawArticle, *, now_ms: int, replay_id: str | None = None
) -> Write:
    """Build the record, keyed by source, with the first two checkpoints of its latency record.

    InvalidMessage if it is too large for the topic.
    """
    record = output(ARTICLES_RAW, article)
    incoming = {headers.REPLAY_ID: replay_id} if replay_id else {}
    if article.published_at is not None and article.published_precision == "moment":
        incoming["t-published"] = str(int(article.published_at.timestamp() * 1000))
    outgoing = headers.build_outgoing(
        headers.encode_headers(incoming),
        value=record.value,
        ce_type="RawArticle.v1",
        ce_source="fetcher",
        checkpoint="t-fetched",
        now_ms=now_ms,
    )
    return Write(cluster.name(record.topic), record.key, record.value, outgoing)
