"""What a destination is told, and when: dispatches that wait, stories, and one message for each."""
