//! Which versions of Postgres are fit to hold tenants' rows.

use std::fmt;

/// A version of the Postgres server, such as 17.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PostgresVersion {
    /// The yearly release.
    pub major: u32,
    /// The fix release within it.
    pub minor: u32,
}

/// The least fix release of each major release with the August 2025 security fixes (CVE-2025-8713 lets optimizer statistics
/// show rows that row-level security hides).
const LEAST: [(u32, u32); 3] = [(15, 14), (16, 10), (17, 6)];

impl PostgresVersion {
    /// From `server_version_num`, such as 170006.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self { major: number / 10_000, minor: number % 10_000 }
    }

    /// From what `postgres --version` prints, such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`. Development
    /// versions (`19beta1`) count as their minor release 0.
    #[must_use]
    pub fn from_banner(banner: &str) -> Option<Self> {
        let word = banner.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let mut parts = word.split('.');
        let number = |part: &str| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).map_or(part, |end| &part[..end]);
            digits.parse().ok()
        };
        Some(Self { major: number(parts.next()?)?, minor: parts.next().and_then(number).unwrap_or(0) })
    }

    /// Whether Aloftly runs on it: 15.14, 16.10, 17.6 or anything newer.
    #[must_use]
    pub fn is_supported(self) -> bool {
        LEAST
            .iter()
            .find(|(major, _)| *major == self.major)
            .map_or_else(|| LEAST.iter().all(|(major, _)| self.major > *major), |(_, minor)| self.minor >= *minor)
    }
}

impl fmt::Display for PostgresVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::PostgresVersion;

    #[test]
    fn versions_are_read_from_what_the_server_prints() {
        for (banner, expected) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some((15, 18))),
            ("postgres (PostgreSQL) 17.6 (Homebrew)", Some((17, 6))),
            ("postgres (PostgreSQL) 19beta1", Some((19, 0))),
            ("postgres (PostgreSQL)", None),
        ] {
            let version = PostgresVersion::from_banner(banner).map(|v| (v.major, v.minor));
            assert_eq!(version, expected, "{banner}");
        }
        assert_eq!(PostgresVersion::from_number(170_006), PostgresVersion { major: 17, minor: 6 });
    }

    #[test]
    fn versions_without_the_row_security_fixes_are_refused() {
        for (major, minor, supported) in [
            (14, 30, false),
            (15, 13, false),
            (15, 14, true),
            (16, 9, false),
            (16, 10, true),
            (17, 5, false),
            (17, 6, true),
            (18, 0, true),
            (19, 0, true),
        ] {
            assert_eq!(PostgresVersion { major, minor }.is_supported(), supported, "{major}.{minor}");
        }
    }
}
