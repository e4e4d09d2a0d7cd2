//! Events from CSV.

use std::io::Read;

use aloftly_engine::lake::RowSink;

use super::event::Events;
use super::places::Cells;
use super::{Mapping, Options};
use crate::table::{Table, same_title};
use crate::{ImportError, Progress, Summary, records};

/// Reads a CSV file, plain or gzip, and pushes its events to `sink`.
///
/// # Errors
/// When the mapping is not usable, the file is not CSV or lacks columns that the mapping names, or any of its rows is
/// wrong: [`ImportError::Rejected`] then has the first hundred errors and their number. Events may have been pushed
/// before an error was met: on an error the caller must throw away what was pushed.
pub fn import_csv(
    input: impl Read,
    mapping: &Mapping,
    options: &Options,
    sink: &mut dyn RowSink,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ImportError> {
    let mut events = Events::new(mapping, options)?;
    let mut table = Table::open(input)?;
    let wanted: Vec<(&str, bool)> = events.titles().iter().map(|title| (title.as_str(), true)).collect();
    let places: Vec<usize> = table.find(&wanted)?.into_iter().flatten().collect();
    let unknown = |title: &&String| !wanted.iter().any(|(wanted, _)| same_title(wanted, title));
    events.summary.ignored_columns = table.titles().iter().filter(unknown).cloned().collect();
    let step = options.batch_rows.max(1) as u64;
    loop {
        let rows = table.rows();
        if rows > 0 && rows.is_multiple_of(step) {
            progress(Progress { bytes: table.bytes(), rows });
        }
        let Some(cells) = table.next(&mut events.rejections)? else { break };
        events.row(cells.line(), &CsvRow { cells, places: &places }, sink)?;
    }
    events.flush(sink)?;
    (events.summary.bytes, events.summary.rows) = (table.bytes(), table.rows());
    progress(Progress { bytes: table.bytes(), rows: table.rows() });
    events.rejections.into_result()?;
    Ok(events.summary)
}

struct CsvRow<'a> {
    cells: records::Cells<'a>,
    places: &'a [usize],
}

impl Cells for CsvRow<'_> {
    fn get(&self, cell: usize) -> &str {
        self.places.get(cell).map_or("", |place| self.cells.get(*place))
    }
}
