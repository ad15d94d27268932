"""The pure rules of this room: who may, when the committee can decide, and what a decision is."""
