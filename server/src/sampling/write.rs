//! The files of a made-up store, packed, in memory: a few megabytes.

use std::io;

use aloftly_connectors::demo::{Business, Options, write_orders_csv, write_visits_csv};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use flate2::Compression;
use flate2::write::GzEncoder;

/// About a year: as much as comparisons with the time before want, and as the least plan keeps.
const DAYS: u32 = 360;

/// What is made up.
pub(super) struct Files {
    /// What was sold.
    pub(super) orders: Vec<u8>,
    /// Who came to the site.
    pub(super) visits: Vec<u8>,
}

/// Makes up what a store that sells in a currency, with days of a zone, sold until now, and who came.
pub(super) fn files(currency: &str, zone: Tz, seed: u64, now: DateTime<Utc>) -> io::Result<Files> {
    let business = Business::selling_in(currency, zone);
    let options = Options { seed, days: DAYS, ..Options::default() };
    Ok(Files {
        orders: packed(|file| {
            write_orders_csv(business.clone(), &options, now, file)?;
            Ok(())
        })?,
        visits: packed(|file| write_visits_csv(business.clone(), &options, now, file))?,
    })
}

fn packed(write: impl FnOnce(&mut GzEncoder<Vec<u8>>) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    write(&mut file)?;
    file.finish()
}
