"""Kafka: clients, the table of topics, transactions, checks of a cluster."""
