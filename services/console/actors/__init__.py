"""``summitwire actors``: one module for each sub-command."""
