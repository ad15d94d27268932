"""The pages of the counter: for visitors, for the screen on the wall, and for the desk."""
