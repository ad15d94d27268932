"""Stories of the channels."""
