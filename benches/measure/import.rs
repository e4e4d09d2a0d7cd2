//! A large orders file, imported by command line.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use aloftly_benches::server::{Place, STORE, peak_memory};
use anyhow::{Context, ensure};

use crate::say;

pub(crate) fn measure(place: &Place, size: &str) -> anyhow::Result<()> {
    let file = place.file("orders.csv");
    let path = file.to_str().context("the temporary folder's name is not text")?;
    place.run(&["demo-file", path, "--size", size])?;
    let bytes = std::fs::metadata(&file)?.len();
    let mut lines: u64 = 0;
    let mut reader = BufReader::with_capacity(1 << 20, std::fs::File::open(&file)?);
    loop {
        let block = reader.fill_buf()?;
        if block.is_empty() {
            break;
        }
        lines += block.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        let read = block.len();
        reader.consume(read);
    }

    let said = place.file("import.log");
    let start = Instant::now();
    let mut import = place
        .command(&["import", "shopify-orders", "--store", STORE, path])
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&said)?)
        .spawn()?;
    let mut peak = None;
    let status = loop {
        peak = peak_memory(import.id()).or(peak);
        if let Some(status) = import.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    ensure!(status.success(), "the import failed, {status}: {}", std::fs::read_to_string(&said)?.trim());
    let millis = u64::try_from(start.elapsed().as_millis())?.max(1);
    std::fs::remove_file(&file)?;

    say(&format!("import: {} MiB, {lines} lines in {} s", bytes >> 20, millis / 1000));
    say(&format!("import: {} lines/s, {} KiB/s", lines * 1000 / millis, (bytes >> 10) * 1000 / millis));
    match peak {
        Some(mebibytes) => say(&format!("import: peak memory {mebibytes} MiB")),
        None => say("import: peak memory is not known on this system"),
    }
    Ok(())
}
