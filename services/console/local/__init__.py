"""The whole system on one machine: broker, services and the supervisor behind ``summitwire up``."""
