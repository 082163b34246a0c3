"""A stand-in for Slack: incoming webhooks, the Web API and a page, with Slack's rules."""
