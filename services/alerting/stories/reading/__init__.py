"""An article as stories compare it: terms, names, figures and days of each sentence."""
