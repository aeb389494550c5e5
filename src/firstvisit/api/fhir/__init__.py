"""FHIR R4: referrals in, and what we hold of them to read. Which resources and searches, `metadata` says."""
