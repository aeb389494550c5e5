"""From the bytes of an image or PDF to upright pages of words with their boxes. Knows no referral."""
