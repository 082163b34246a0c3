"""``summitwire rules``: one module for each sub-command."""
