"""Backtest rules on articles: the alerts and messages they would have raised, and near misses."""
