"""The ``summitwire`` command: one file a sub-command."""
