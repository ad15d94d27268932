"""The embedded default: database server, keys and files of one machine, below every room."""
