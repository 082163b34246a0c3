"""Why a rule fires on an article, and why it does not."""
