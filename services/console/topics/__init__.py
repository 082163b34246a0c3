"""Commands that read or write topics: topics, replay, tail and dlq."""
