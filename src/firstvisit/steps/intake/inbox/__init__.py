"""What a person settles of a reading: pure pieces, without database, clock or screen."""
