"""How a webhook leaves the house: where it may go at all, and the one request."""
