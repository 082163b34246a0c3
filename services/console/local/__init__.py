"""The system on one machine: a broker, the services, and the supervisor of ``summitwire up``."""
