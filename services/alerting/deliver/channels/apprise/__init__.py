"""Every other service by Apprise, an optional library, in a child process of its own."""
