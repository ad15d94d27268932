"""Pages of the desk about what a complaint asks of the house itself."""
