"""The desk over HTTP, against real PostgreSQL."""
