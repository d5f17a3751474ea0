"""Pages for people who watch, judge and audit. They compute nothing: every number is a governed table."""
