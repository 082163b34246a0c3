"""The methods of Slack's Web API that the stand-in has, for its bot's token."""
