"""Commands that read or write topics: topics, tail and dlq."""
