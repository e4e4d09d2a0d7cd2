//! What the server said, for errors that a person has to understand.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The end of what the server on that data wrote, before its log was open and after.
pub(super) fn end(data: &Path) -> String {
    let files = [Some(data.join("start.log")), newest(&data.join("log"))];
    let ends: Vec<String> =
        files.into_iter().flatten().map(|file| last_lines(&tail(&file).unwrap_or_default())).collect();
    ends.join("\n")
}

/// The last eight lines that are not blank.
pub(super) fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}

fn newest(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let (_, path) = entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).max()?;
    Some(path)
}

fn tail(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(4096)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_the_first_words_and_the_log_are_told() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("start.log"), "redirecting log output\n").unwrap();
        assert_eq!(end(data.path()), "redirecting log output");
        fs::create_dir(data.path().join("log")).unwrap();
        let long: String = (0..1000).map(|line| format!("line {line}\n\n")).collect();
        fs::write(data.path().join("log/postgres-Sat.log"), format!("{long}FATAL: why")).unwrap();
        let told = end(data.path());
        assert!(told.starts_with("redirecting log output\nline 993\n"), "{told}");
        assert!(told.ends_with("line 999\nFATAL: why"), "{told}");
    }
}
