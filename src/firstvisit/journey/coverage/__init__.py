"""Benefits: who is asked, when, and what comes of the answer. The one place where coverage meets the case."""
