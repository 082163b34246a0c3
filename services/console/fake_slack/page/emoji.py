"""Emoji by their names in Slack: those that messages and reactions here are likely to have."""

from types import MappingProxyType
from typing import Final

EMOJI: Final = MappingProxyType(
    {
        "white_check_mark": "✅",
        "eyes": "👀",
        "x": "❌",
        "no_bell": "🔕",
        "+1": "👍",
        "thumbsup": "👍",
        "-1": "👎",
        "thumbsdown": "👎",
        "heavy_check_mark": "✔️",
        "warning": "⚠️",
        "rotating_light": "🚨",
        "bell": "🔔",
        "fire": "🔥",
        "tada": "🎉",
        "raised_hands": "🙌",
        "pray": "🙏",
        "joy": "😂",
        "heart": "❤️",
        "us": "🇺🇸",
        "100": "💯",
        "mega": "📣",
        "newspaper": "📰",
        "repeat": "🔁",
        "pencil2": "✏️",
        "information_source": "ℹ️",
        "question": "❓",
        "exclamation": "❗",
        "red_circle": "🔴",
        "large_blue_circle": "🔵",
        "hourglass": "⌛",
    }
)
OFFERED: Final = MappingProxyType(
    {
        "white_check_mark": "Acknowledge",
        "eyes": "Looking",
        "x": "Wrong",
        "no_bell": "Silence",
    }
)
"""Reactions that every message offers, and what they say."""
