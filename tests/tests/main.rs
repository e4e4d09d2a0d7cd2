//! End-to-end tests: the real binary, its own Postgres and files, real HTTP.

mod oracle;
