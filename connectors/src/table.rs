//! A CSV file as a table: its header, then its rows, each checked to have the form that the header promises.

use std::io::{self, Read};

use crate::ImportError;
use crate::error::Rejections;
use crate::input::{Input, Meter};
use crate::records::{Cells, Flaw, Record, Records};

const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];
const UTF16: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];

/// A CSV file, header read.
pub(crate) struct Table<'a> {
    records: Records<Input<'a>>,
    record: Record,
    titles: Vec<String>,
    meter: Meter,
    rows: u64,
}

impl<'a> Table<'a> {
    /// Opens a file, plain or gzip, and reads its header.
    pub(crate) fn open(raw: impl Read + 'a) -> Result<Self, ImportError> {
        let input = Input::open(raw)?;
        let meter = input.meter();
        let mut table =
            Self { records: Records::new(input), record: Record::default(), titles: Vec::new(), meter, rows: 0 };
        let start = table.records.peek_start(BOM.len()).map(<[u8]>::to_vec).map_err(|error| table.read_error(error))?;
        if UTF16.iter().any(|mark| start.starts_with(mark)) {
            return Err(ImportError::WrongKind { found: "UTF-16 text", advice: "save it as CSV in UTF-8" });
        }
        if start == BOM {
            table.records.skip(BOM.len());
        }
        let mut rejections = Rejections::default();
        if !table.advance(&mut rejections)? {
            rejections.into_result()?;
            return Err(ImportError::Empty);
        }
        match table.record.cells() {
            Ok(cells) => table.titles = (0..table.record.len()).map(|cell| cells.get(cell).to_owned()).collect(),
            Err(cell) => {
                let value = String::from_utf8_lossy(table.record.bytes(cell)).into_owned();
                rejections.add(table.record.line(), "", &value, "text in UTF-8");
            }
        }
        rejections.into_result()?;
        Ok(table)
    }

    /// The header's titles, as the file writes them but for blanks around them.
    pub(crate) fn titles(&self) -> &[String] {
        &self.titles
    }

    /// Where the columns of these titles are (compared without case). Titles that are missing are errors, all named
    /// at once, and so are titles that the file has twice.
    pub(crate) fn find(&self, titles: &[(&str, bool)]) -> Result<Vec<Option<usize>>, ImportError> {
        find(&self.titles, titles)
    }

    /// Rows read so far, without the header.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of the stored file read so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.meter.bytes()
    }

    /// The next row that has the form it should have. Those that do not are rejected on the way.
    pub(crate) fn next(&mut self, rejections: &mut Rejections) -> Result<Option<Cells<'_>>, ImportError> {
        loop {
            if !self.advance(rejections)? {
                return Ok(None);
            }
            if self.record.is_blank() && self.record.len() > 1 {
                continue;
            }
            self.rows += 1;
            if self.record.flaw().is_none() && self.has_form(rejections) {
                break;
            }
        }
        Ok(self.record.cells().ok())
    }

    fn has_form(&self, rejections: &mut Rejections) -> bool {
        let (line, found, expected) = (self.record.line(), self.record.len(), self.titles.len());
        if found != expected {
            rejections.add(line, "", &format!("{found} cells"), format!("{expected} cells, as in the header"));
            return false;
        }
        if let Err(cell) = self.record.cells() {
            let value = String::from_utf8_lossy(self.record.bytes(cell));
            rejections.add(line, self.title(cell), &value, "text in UTF-8");
            return false;
        }
        true
    }

    fn advance(&mut self, rejections: &mut Rejections) -> Result<bool, ImportError> {
        match self.records.read(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(error) => return Err(self.read_error(error)),
        }
        if let Some((cell, flaw)) = self.record.flaw() {
            let value = String::from_utf8_lossy(self.record.bytes(cell));
            let expected = match flaw {
                Flaw::Unclosed => "a closing quote before the file's end",
                Flaw::Endless => {
                    "a row of at most 1 MiB: perhaps a quote is not closed (the rest of the file was not read)"
                }
                Flaw::AfterQuote => "a comma or the line's end after the closing quote",
            };
            rejections.add(self.record.line(), self.title(cell), &value, expected);
        }
        Ok(true)
    }

    fn title(&self, cell: usize) -> &str {
        self.titles.get(cell).map_or("", String::as_str)
    }

    fn read_error(&self, error: io::Error) -> ImportError {
        self.records.input().error(error)
    }
}

/// Where the columns of these titles are (compared without case), `None` for those that are not there and need not be.
pub(crate) fn find(header: &[String], titles: &[(&str, bool)]) -> Result<Vec<Option<usize>>, ImportError> {
    let (mut positions, mut missing, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for (title, required) in titles {
        let mut places =
            header.iter().enumerate().filter(|(_, found)| same_title(found, title)).map(|(place, _)| place);
        let place = places.next();
        if place.is_none() && *required {
            missing.push((*title).to_owned());
        }
        if places.next().is_some() {
            repeated.push((*title).to_owned());
        }
        positions.push(place);
    }
    if !missing.is_empty() {
        return Err(ImportError::MissingColumns { missing, found: header.to_vec() });
    }
    if !repeated.is_empty() {
        return Err(ImportError::RepeatedColumns(repeated));
    }
    Ok(positions)
}

/// Whether two titles are the same column: blanks around them and case do not matter.
pub(crate) fn same_title(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
