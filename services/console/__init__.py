"""The ``summitwire`` command: a folder or a file for each sub-command."""
