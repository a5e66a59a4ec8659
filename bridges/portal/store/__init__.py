"""The portal's own encrypted store: resources with their history, tokens, invitations, sessions, drafts."""
