"""Propose names that recur and are not in the data, for a person to accept.

Never used for alerts.
"""
