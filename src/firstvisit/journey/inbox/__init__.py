"""The Inbox: documents that a person confirms before they become leads."""
