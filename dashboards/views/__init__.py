"""Views: one page a file. A page asks questions of governed tables, and draws the answers."""
