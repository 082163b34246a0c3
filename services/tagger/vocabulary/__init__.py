"""The event types with their triggers: every form of a verb or noun that mentions an event."""
