"""What was announced, posted and delivered: entries in deliveries.v1, and what they allow."""
