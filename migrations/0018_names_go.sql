-- Who asked for an erasure is told by their address, which goes when they delete their account.
GRANT UPDATE (requested_by) ON erasures TO aloftly_app;
