"""Authorizations asked of payers: what goes with a request, what a person does with it, what is shown of it."""
