"""Messages on the wire: schemas, codec, headers and ids."""
