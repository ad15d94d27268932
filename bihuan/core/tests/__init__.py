"""The pure floor, tested without a database."""
