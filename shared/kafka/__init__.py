"""Kafka itself: clients, the table of topics, transactions, and what is checked on a cluster."""
