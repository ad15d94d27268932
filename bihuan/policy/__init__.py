"""Chapter 8: which text of the handbook is in force, and what it says.

Clauses: 8.1 scope, 8.2 entry into force and amendment. The text itself is data,
`bihuan/handbook/<version>/*.toml`; `loader` reads it, `rules` says what must be true of it,
`calendars` reads the working days, which stand outside the version because an official
arrangement reaches every open case. Says policy.activated and calendar.imported; hears nothing.
"""
