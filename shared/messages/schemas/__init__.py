"""All messages on all topics, as frozen dataclasses. Field names follow IPTC ninjs where possible.

The small records of which an article has dozens, such as spans and tags, are msgspec Structs, which
are created ten times as fast.
Times are timezone-aware UTC. Offsets count code points from 0, with an exclusive end, and point
into the unchanged text. No message contains a Kafka offset, a host name, a clock reading of the
processing or a random number, so that a message processed twice is the same message. The
exceptions, ``Delivery``, ``RuleSetChange``, ``PushRequest``, ``PushReceipt``,
``FeedSubscription`` and what the watch writes, say so.
"""

from shared.messages.schemas.alerts import (
    Alert,
    AlertRoute,
    Corroboration,
    Escalation,
    Excerpt,
    GroupTiming,
    Match,
    Threshold,
)
from shared.messages.schemas.articles import (
    CandidateValue,
    Change,
    CleanArticle,
    DroppedLine,
    FieldProvenance,
    RawArticle,
)
from shared.messages.schemas.daily import DailyFigures, QuietSource
from shared.messages.schemas.deliveries import (
    Delivery,
    DeliveryState,
    EscalationStep,
    PendingEscalation,
    Story,
    StoryThread,
)
from shared.messages.schemas.desk import Feedback, FeedbackKind, Silence, WrongReason
from shared.messages.schemas.dispatches import (
    Dispatch,
    DispatchKind,
    Recipient,
    Recipients,
    RedriveRequest,
)
from shared.messages.schemas.feeds import (
    EntryMemory,
    FeedHints,
    FeedMove,
    FeedRevival,
    FeedRhythm,
    FeedState,
    FeedSubscription,
    PageMemory,
    PushedFeed,
)
from shared.messages.schemas.hits import CountedAlert, NotifiedWindow, RuleHits
from shared.messages.schemas.notifications import (
    AlertOutcome,
    EscalationOrigin,
    Notification,
    NotificationKind,
    NotifiedArticle,
    TextChange,
)
from shared.messages.schemas.pushes import PushReceipt, PushRequest
from shared.messages.schemas.rules import Rule, RuleSetChange
from shared.messages.schemas.sources import ArticleHistory, ArticleVersion, SourceMemory
from shared.messages.schemas.tags import (
    ActorOnDate,
    CountryMention,
    Event,
    EventMention,
    KeywordHit,
    Mention,
    MentionKind,
    MentionReason,
    OfficeHeld,
    Status,
    StatusScope,
    TaggedArticle,
    Tense,
)
from shared.messages.schemas.values import (
    FieldName,
    LanguageSpan,
    Origin,
    PubStatus,
    Severity,
    Signal,
    Span,
    TimePrecision,
    TimeSource,
    UtcTime,
)
from shared.messages.schemas.watch import DailyTally, OpenTrouble, SourceDay, WatchProgress

__all__ = [
    "ActorOnDate",
    "Alert",
    "AlertOutcome",
    "AlertRoute",
    "ArticleHistory",
    "ArticleVersion",
    "CandidateValue",
    "Change",
    "CleanArticle",
    "Corroboration",
    "CountedAlert",
    "CountryMention",
    "DailyFigures",
    "DailyTally",
    "Delivery",
    "DeliveryState",
    "Dispatch",
    "DispatchKind",
    "DroppedLine",
    "EntryMemory",
    "Escalation",
    "EscalationOrigin",
    "EscalationStep",
    "Event",
    "EventMention",
    "Excerpt",
    "FeedHints",
    "FeedMove",
    "FeedRevival",
    "FeedRhythm",
    "FeedState",
    "FeedSubscription",
    "Feedback",
    "FeedbackKind",
    "FieldName",
    "FieldProvenance",
    "GroupTiming",
    "KeywordHit",
    "LanguageSpan",
    "Match",
    "Mention",
    "MentionKind",
    "MentionReason",
    "Message",
    "Notification",
    "NotificationKind",
    "NotifiedArticle",
    "NotifiedWindow",
    "OfficeHeld",
    "OpenTrouble",
    "Origin",
    "PageMemory",
    "PendingEscalation",
    "PubStatus",
    "PushReceipt",
    "PushRequest",
    "PushedFeed",
    "QuietSource",
    "RawArticle",
    "Recipient",
    "Recipients",
    "RedriveRequest",
    "Rule",
    "RuleHits",
    "RuleSetChange",
    "Severity",
    "Signal",
    "Silence",
    "SourceDay",
    "SourceMemory",
    "Span",
    "Status",
    "StatusScope",
    "Story",
    "StoryThread",
    "TaggedArticle",
    "Tense",
    "TextChange",
    "Threshold",
    "TimePrecision",
    "TimeSource",
    "UtcTime",
    "WatchProgress",
    "WrongReason",
]

Message = (
    RawArticle
    | CleanArticle
    | TaggedArticle
    | Alert
    | Recipients
    | Dispatch
    | Notification
    | Story
    | PendingEscalation
    | RedriveRequest
    | Silence
    | Feedback
    | Delivery
    | SourceDay
    | DailyTally
    | WatchProgress
    | FeedState
    | FeedRevival
    | FeedSubscription
    | PushedFeed
    | PushRequest
    | PushReceipt
    | SourceMemory
    | ArticleHistory
    | RuleHits
    | Rule
    | RuleSetChange
)
