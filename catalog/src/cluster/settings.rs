//! `postgresql.conf`, written anew at every start.

use std::path::Path;

/// The settings of a small private server: reachable through its socket alone, careful with memory, durable.
pub(super) fn conf(socket: &Path, durable: bool) -> String {
    let socket = socket.to_string_lossy().replace('\'', "''");
    let durability = if durable { "" } else { "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n" };
    format!(
        "# Written by Aloftly at every start: changes made here are lost.\n\
         listen_addresses = ''\n\
         port = {port}\n\
         unix_socket_directories = '{socket}'\n\
         unix_socket_permissions = 0700\n\
         max_connections = 100\n\
         password_encryption = 'scram-sha-256'\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         datestyle = 'iso'\n\
         default_text_search_config = 'pg_catalog.simple'\n\
         shared_buffers = '128MB'\n\
         work_mem = '8MB'\n\
         maintenance_work_mem = '64MB'\n\
         max_parallel_workers_per_gather = 0\n\
         jit = off\n\
         wal_compression = on\n\
         max_wal_size = '1GB'\n\
         min_wal_size = '64MB'\n\
         checkpoint_timeout = '10min'\n\
         max_wal_senders = 0\n\
         wal_level = 'minimal'\n\
         logging_collector = on\n\
         log_directory = 'log'\n\
         log_filename = 'postgres-%a.log'\n\
         log_truncate_on_rotation = on\n\
         log_rotation_age = '1d'\n\
         log_rotation_size = 0\n\
         log_min_duration_statement = '5s'\n\
         {durability}",
        port = super::PORT,
    )
}
