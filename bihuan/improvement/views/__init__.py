"""The doors of this room: the committee's pages, the board of feedback, and the public page."""
