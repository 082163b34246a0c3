"""What two or more services need, and nothing else: topics, messages, the Stage and its plumbing."""
