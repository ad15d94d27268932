"""What is true of the counter, from its opening hours to the paper in somebody's hand."""
