"""What people say about messages: the facts, the links that lead to them, and what they measure."""
