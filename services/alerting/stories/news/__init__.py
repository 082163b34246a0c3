"""What an article says that its story has not said yet, and what it corrects."""
