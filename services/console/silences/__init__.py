"""``summitwire silence``: tell nobody for a while, and see what nobody is told of."""
