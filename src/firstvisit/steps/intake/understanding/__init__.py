"""From words to the record: what forms, letters and callers have in common, whatever they came through. Pure."""
