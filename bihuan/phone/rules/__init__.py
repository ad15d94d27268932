"""What is decided of calls without a database."""
