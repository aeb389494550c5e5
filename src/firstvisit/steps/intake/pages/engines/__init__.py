"""What reads the words of a cleaned page. One file an engine; `plan` chooses."""
