"""The users of the stand-in's workspace: two people, and the bot."""

from types import MappingProxyType
from typing import Final

from services.console.fake_slack.events import BOT

READER: Final = "U0READER"
PEOPLE: Final = MappingProxyType({READER: "Reader", "U0EDITOR": "Editor", BOT: "summitwire"})
