"""The stand-in's page: channels and messages as Slack shows them, and reactions to them."""
