"""The demo: its mail server, its referrals, and the table that shows what became of them."""
