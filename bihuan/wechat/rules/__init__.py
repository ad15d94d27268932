"""What is true of a message by WeChat without any database."""
