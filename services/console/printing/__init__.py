"""What all commands print, in whatever encoding: text for people, and JSON.

File names may hold bytes that are not UTF-8 (Python reads them as surrogates), and a terminal may
be ASCII or 8-bit. Neither ends a command.
"""
