"""What a case is about: the order as it was shown at purchase (3.1). Says and hears no events."""
