"""Run rules on past articles: the alerts and messages they would have raised."""
