"""What a payer says: benefits (270/271), authorizations (278), and what its answers mean for one therapy.

So far the ground only, pure of Django, of the database and of the network: X12 (`x12/`), replies told apart by kind
(`replies`), a 271 as `Benefits` (`reading`), limits and what is left of them (`balances`), what it comes to for one
discipline (`answers`) in words (`sentences`), a 278 as `Determination`s, and the writer of a 270 (`inquiries`).
"""
