//! How far an import is: a bar on a terminal, a line now and then otherwise.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::note;
use crate::importing::Watch;

const BAR: &str = "{msg}  [{bar:32}] {bytes}/{total_bytes}  {prefix}  {eta}";

/// Shows a watch until it is dropped.
#[derive(Debug)]
pub(super) struct Shown {
    task: tokio::task::JoinHandle<()>,
    bar: Option<ProgressBar>,
}

impl Shown {
    pub(super) fn start(name: &str, watch: &Arc<Watch>) -> Self {
        let (name, watch) = (name.to_owned(), Arc::clone(watch));
        if !std::io::stderr().is_terminal() {
            return Self { task: tokio::spawn(lines(name, watch)), bar: None };
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(name);
        Self { task: tokio::spawn(draw(bar.clone(), watch)), bar: Some(bar) }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

async fn draw(bar: ProgressBar, watch: Arc<Watch>) {
    loop {
        let (bytes, size) = watch.bytes();
        bar.set_length(size);
        bar.set_position(bytes);
        bar.set_prefix(stage(&watch));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn lines(name: String, watch: Arc<Watch>) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let percent = watch.progress() * 100.0;
        note(&format!("{name}: {percent:.0}%, {}", stage(&watch)));
    }
}

fn stage(watch: &Watch) -> String {
    if watch.is_committing() { "writing".to_owned() } else { format!("{} rows", watch.rows()) }
}
