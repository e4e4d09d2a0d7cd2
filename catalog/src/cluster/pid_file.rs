//! `postmaster.pid`: whether a server runs on the data, and what to do with a file that a dead one left.

use std::fs;
use std::path::{Path, PathBuf};

use super::PORT;
use super::error::{At, ClusterError};

/// A process id above what any system gives out.
const NOBODY: i32 = i32::MAX - 1;

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: i32,
    /// The folder of its Unix socket.
    pub(super) socket: Option<PathBuf>,
    /// It takes connections.
    pub(super) ready: bool,
}

impl PidFile {
    /// `None` when there is no file or nothing in it yet.
    pub(super) fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            pid: lines.first()?.parse().ok()?,
            socket: lines.get(4).filter(|line| !line.is_empty()).map(PathBuf::from),
            ready: lines.get(7).is_some_and(|status| *status == "ready"),
        })
    }

    /// Whether the process is there and is a Postgres on this data.
    pub(super) fn is_alive(&self, data: &Path) -> bool {
        runs(self.pid, data)
    }
}

/// Disarms a file whose number has gone to a process that is no Postgres of this data: Postgres itself would take that process
/// for its predecessor and refuse to start. Only the number goes; the rest stays, because by it Postgres makes sure that no
/// worker of the dead server is still writing. A file whose process is gone it handles alone.
pub(super) fn disarm_stale(data: &Path) -> Result<bool, ClusterError> {
    let path = data.join("postmaster.pid");
    let Some(file) = PidFile::read(data) else { return Ok(false) };
    if file.is_alive(data) || !exists(file.pid) {
        return Ok(false);
    }
    let text = fs::read_to_string(&path).at(&path)?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    // In place, not through a new file, so that the owner and the mode stay.
    fs::write(&path, format!("{NOBODY}\n{rest}")).at(&path)?;
    // The socket has a lock file of its own, with the same number.
    if let Some(socket) = &file.socket {
        let lock = socket.join(format!(".s.PGSQL.{PORT}.lock"));
        match fs::remove_file(&lock) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).at(&lock),
            _ => {}
        }
    }
    Ok(true)
}

fn exists(pid: i32) -> bool {
    let Some(pid) = rustix::process::Pid::from_raw(pid) else { return false };
    // EPERM says that it exists and is another user's.
    !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

#[cfg(target_os = "linux")]
fn runs(pid: i32, data: &Path) -> bool {
    let proc = PathBuf::from(format!("/proc/{pid}"));
    let Ok(stat) = fs::read_to_string(proc.join("stat")) else { return false };
    // `pid (comm) state ...`; the command may itself hold parentheses.
    let Some((head, tail)) = stat.rsplit_once(')') else { return false };
    let command = head.split_once('(').map_or("", |(_, command)| command);
    let is_zombie = tail.trim_start().starts_with(['Z', 'X']);
    if is_zombie || !command.starts_with("postgres") {
        return false;
    }
    // A server works in its data folder. Where that may not be read, the name has to do.
    match (fs::read_link(proc.join("cwd")), data.canonicalize()) {
        (Ok(working), Ok(data)) => working == data,
        _ => true,
    }
}

#[cfg(not(target_os = "linux"))]
fn runs(pid: i32, _data: &Path) -> bool {
    let output = std::process::Command::new("ps").args(["-o", "stat=,comm=", "-p", &pid.to_string()]).output();
    let Ok(output) = output else { return exists(pid) };
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text.split_whitespace();
    let is_zombie = words.next().is_none_or(|state| state.starts_with('Z'));
    !is_zombie && words.any(|word| word.rsplit('/').next().is_some_and(|name| name.starts_with("postgres")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "/somewhere\n1763700000\n5432\n/run/socket\n\n   123456   7\nready   \n";

    fn folder(pid: u32) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("postmaster.pid"), format!("{pid}\n{TEXT}")).unwrap();
        folder
    }

    #[test]
    fn the_file_tells_the_process_and_its_socket() {
        let folder = folder(4242);
        let file = PidFile::read(folder.path()).unwrap();
        assert_eq!(file, PidFile { pid: 4242, socket: Some("/run/socket".into()), ready: true });
    }

    #[test]
    fn the_lock_of_a_dead_servers_socket_goes_with_its_number() {
        let (data, socket) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let lock = socket.path().join(".s.PGSQL.5432.lock");
        fs::write(&lock, "").unwrap();
        let text = TEXT.replace("/run/socket", socket.path().to_str().unwrap());
        fs::write(data.path().join("postmaster.pid"), format!("{}\n{text}", std::process::id())).unwrap();
        assert!(disarm_stale(data.path()).unwrap());
        assert!(!lock.exists());
    }

    #[test]
    fn a_process_that_is_no_postgres_is_taken_out_of_the_file_and_nothing_else_is() {
        let folder = folder(std::process::id());
        assert!(disarm_stale(folder.path()).unwrap());
        let text = fs::read_to_string(folder.path().join("postmaster.pid")).unwrap();
        assert_eq!(text, format!("2147483646\n{TEXT}"));
        assert!(!disarm_stale(folder.path()).unwrap(), "a process that is gone is left to postgres");
    }
}
