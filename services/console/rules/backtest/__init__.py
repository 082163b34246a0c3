"""``summitwire rules backtest``: rules tried on past articles."""
