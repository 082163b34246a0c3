"""A stand-in for Slack's incoming webhooks, with Slack's rules and answers."""
