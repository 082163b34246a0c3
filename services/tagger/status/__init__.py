"""What a text says of an event or a clause: asserted, denied, planned, past or claimed."""
