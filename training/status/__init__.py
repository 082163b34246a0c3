"""Train the model that tells the status of an event mention."""
