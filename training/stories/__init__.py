"""Fit what services/alerting/stories uses: how rare terms are, and the weights."""
