//! What was measured, as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

/// The figures of one benchmark.
pub(crate) struct Section {
    title: &'static str,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Section {
    pub(crate) fn new(title: &'static str, header: &[&str]) -> Self {
        let header = header.iter().map(|name| (*name).to_owned()).collect();
        Self { title, header, rows: Vec::new(), notes: Vec::new() }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        progress(&cells.join(" | "));
        self.rows.push(cells.into());
    }

    /// What has to be known to read the table.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("### {}\n\n", self.title);
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        text.push_str(&line(&self.header));
        text.push_str(&line(&vec!["---".to_owned(); self.header.len()]));
        for row in &self.rows {
            text.push_str(&line(row));
        }
        text.push('\n');
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }
}

/// Tells whoever waits what is being done.
#[allow(clippy::print_stderr, reason = "the result goes to standard output")]
pub(crate) fn progress(what: &str) {
    eprintln!("      {what}");
}

/// Durations of the same thing, sorted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl From<Vec<Duration>> for Times {
    fn from(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }
}

impl Times {
    /// The duration that so many thousandths of them do not exceed; zero of none.
    pub(crate) fn quantile(&self, thousandths: usize) -> Duration {
        let rank = (self.0.len() * thousandths).div_ceil(1_000).clamp(1, self.0.len().max(1));
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.quantile(500)
    }
}

pub(crate) fn ms(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1_000.0;
    if millis < 10.0 { format!("{millis:.2} ms") } else { format!("{millis:.0} ms") }
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

pub(crate) fn ratio(this: Duration, that: Duration) -> String {
    format!("{:.2}", this.as_secs_f64() / that.as_secs_f64().max(1e-9))
}

/// How many of something there were in a second, in thousands.
#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
pub(crate) fn thousands_a_second(count: u64, time: Duration) -> String {
    format!("{:.0} k/s", count as f64 / time.as_secs_f64().max(1e-9) / 1_000.0)
}

pub(crate) fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1_024))
}
