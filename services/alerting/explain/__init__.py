"""An article and a rule → why it fired, or what kept it from firing and the smallest change of the rule that would have let it. Pure."""
