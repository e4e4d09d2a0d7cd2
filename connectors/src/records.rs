//! Cuts text into the records and cells of a CSV file.
//!
//! RFC 4180 with what real files do besides: line ends may be LF, CRLF or CR, a byte order mark may come first, empty
//! lines are passed over, and a quote inside a cell that does not begin with one is just a quote. The `csv` crate reads
//! the same (the tests compare the two) but hides what an import must refuse: a quote that is never closed takes the rest of a
//! file, however large, for one cell, and lines after CRLF and inside quoted cells are not counted for certain.

use std::io::{self, ErrorKind, Read};

const BUFFER: usize = 64 << 10;
/// A record may be that long, so that a quote that is never closed costs a mebibyte and not the file's size.
const RECORD_LIMIT: usize = 1 << 20;
/// A record may have that many cells.
const CELL_LIMIT: usize = 16 << 10;

/// What is wrong with the form of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The file ends inside a quoted cell.
    Unclosed,
    /// Longer than any record should be; what follows cannot be told apart from it.
    Endless,
    /// There is text between a cell's closing quote and the comma.
    AfterQuote,
}

/// One record: its cells' bytes, unquoted.
#[derive(Debug, Default)]
pub(crate) struct Record {
    data: Vec<u8>,
    ends: Vec<usize>,
    line: u64,
    flaw: Option<(usize, Flaw)>,
}

impl Record {
    /// The line that it begins on, counted from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The first flaw, and the cell that it is in.
    pub(crate) fn flaw(&self) -> Option<(usize, Flaw)> {
        self.flaw
    }

    pub(crate) fn bytes(&self, cell: usize) -> &[u8] {
        let start = cell.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(cell).map_or(&[], |end| &self.data[start..*end])
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.data.iter().all(u8::is_ascii_whitespace)
    }

    /// The cells as text, or the first one that is not UTF-8.
    pub(crate) fn cells(&self) -> Result<Cells<'_>, usize> {
        if let Ok(text) = str::from_utf8(&self.data)
            && (text.is_ascii() || self.ends.iter().all(|end| text.is_char_boundary(*end)))
        {
            return Ok(Cells { text, ends: &self.ends, line: self.line });
        }
        Err((0..self.len()).find(|cell| str::from_utf8(self.bytes(*cell)).is_err()).unwrap_or(0))
    }

    fn clear(&mut self, line: u64) {
        self.data.clear();
        self.ends.clear();
        self.line = line;
        self.flaw = None;
    }

    fn mark(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert((self.ends.len(), flaw));
    }
}

/// A record's cells as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cells<'a> {
    text: &'a str,
    ends: &'a [usize],
    line: u64,
}

impl<'a> Cells<'a> {
    /// A cell without the blanks around it; empty when there is none.
    pub(crate) fn get(&self, cell: usize) -> &'a str {
        let start = cell.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(cell).and_then(|end| self.text.get(start..*end)).unwrap_or("").trim()
    }

    /// The line that the record begins on, counted from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }
}

/// Reads records one by one.
pub(crate) struct Records<R> {
    input: R,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    line: u64,
    after_cr: bool,
    over: bool,
}

enum CellEnd {
    Comma,
    Record,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(input: R) -> Self {
        let buffer = vec![0; BUFFER].into_boxed_slice();
        Self { input, buffer, at: 0, filled: 0, line: 1, after_cr: false, over: false }
    }

    pub(crate) fn input(&self) -> &R {
        &self.input
    }

    /// The file's first bytes, as many as asked if it has them.
    pub(crate) fn peek_start(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.filled < count {
            match read_some(&mut self.input, &mut self.buffer[self.filled..])? {
                0 => break,
                read => self.filled += read,
            }
        }
        Ok(&self.buffer[..self.filled.min(count)])
    }

    /// Passes over bytes that were peeked at.
    pub(crate) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.filled);
    }

    /// Reads the next record; `false` when there is none.
    pub(crate) fn read(&mut self, record: &mut Record) -> io::Result<bool> {
        loop {
            match if self.over { None } else { self.peek()? } {
                None => return Ok(false),
                Some(end @ (b'\n' | b'\r')) => self.pass_line_end(end),
                Some(_) => break,
            }
        }
        self.after_cr = false;
        record.clear(self.line);
        loop {
            let end = match self.peek()? {
                Some(b'"') => self.read_quoted(record)?,
                _ => self.read_plain(record)?,
            };
            record.ends.push(record.data.len());
            if record.ends.len() > CELL_LIMIT {
                self.give_up(record);
            }
            if self.over || matches!(end, CellEnd::Record) {
                return Ok(true);
            }
        }
    }

    fn read_plain(&mut self, record: &mut Record) -> io::Result<CellEnd> {
        loop {
            let rest = &self.buffer[self.at..self.filled];
            let length = rest.iter().position(|byte| matches!(byte, b',' | b'\n' | b'\r'));
            record.data.extend_from_slice(&rest[..length.unwrap_or(rest.len())]);
            match length.map(|length| rest[length]) {
                Some(end) => {
                    self.at += length.unwrap_or(0);
                    return Ok(self.pass_cell_end(end));
                }
                None => self.at = self.filled,
            }
            if record.data.len() > RECORD_LIMIT {
                self.give_up(record);
                return Ok(CellEnd::Record);
            }
            if self.peek()?.is_none() {
                return Ok(CellEnd::Record);
            }
        }
    }

    fn read_quoted(&mut self, record: &mut Record) -> io::Result<CellEnd> {
        self.at += 1;
        loop {
            let rest = &self.buffer[self.at..self.filled];
            let quote = rest.iter().position(|byte| *byte == b'"');
            let text = &rest[..quote.unwrap_or(rest.len())];
            record.data.extend_from_slice(text);
            for byte in text {
                let counted = *byte == b'\r' || *byte == b'\n' && !self.after_cr;
                self.line += u64::from(counted);
                self.after_cr = *byte == b'\r';
            }
            self.at += text.len();
            if record.data.len() > RECORD_LIMIT {
                self.give_up(record);
                return Ok(CellEnd::Record);
            }
            if quote.is_none() {
                if self.peek()?.is_none() {
                    record.mark(Flaw::Unclosed);
                    return Ok(CellEnd::Record);
                }
                continue;
            }
            self.at += 1;
            self.after_cr = false;
            match self.peek()? {
                Some(b'"') => {
                    record.data.push(b'"');
                    self.at += 1;
                }
                Some(end @ (b',' | b'\n' | b'\r')) => return Ok(self.pass_cell_end(end)),
                None => return Ok(CellEnd::Record),
                Some(_) => {
                    let closed = record.data.len();
                    let end = self.read_plain(record)?;
                    if !record.data[closed..].iter().all(u8::is_ascii_whitespace) {
                        record.mark(Flaw::AfterQuote);
                    }
                    return Ok(end);
                }
            }
        }
    }

    fn pass_cell_end(&mut self, end: u8) -> CellEnd {
        if end == b',' {
            self.at += 1;
            return CellEnd::Comma;
        }
        self.pass_line_end(end);
        CellEnd::Record
    }

    fn pass_line_end(&mut self, end: u8) {
        self.at += 1;
        self.line += u64::from(end == b'\r' || !self.after_cr);
        self.after_cr = end == b'\r';
    }

    fn give_up(&mut self, record: &mut Record) {
        record.mark(Flaw::Endless);
        self.over = true;
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.filled {
            self.at = 0;
            self.filled = read_some(&mut self.input, &mut self.buffer)?;
        }
        Ok(self.buffer[self.at..self.filled].first().copied())
    }
}

fn read_some(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time, so that every cut falls everywhere.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    type Read1 = (u64, Vec<String>, Option<(usize, Flaw)>);

    fn read_all(text: &[u8], step: usize) -> Vec<Read1> {
        let mut records = Records::new(Drip(text, step));
        let mut record = Record::default();
        let mut all = Vec::new();
        while records.read(&mut record).unwrap() {
            let cells =
                (0..record.len()).map(|cell| String::from_utf8_lossy(record.bytes(cell)).into_owned()).collect();
            all.push((record.line(), cells, record.flaw()));
        }
        all
    }

    fn lines_of(text: &str) -> Vec<u64> {
        read_all(text.as_bytes(), 1).into_iter().map(|(line, ..)| line).collect()
    }

    #[test]
    fn lines_are_counted_through_every_line_end_and_quoted_cell() {
        assert_eq!(lines_of("a\nb\n\n\nc"), [1, 2, 5]);
        assert_eq!(lines_of("a\r\nb\r\n\r\nc\r\n"), [1, 2, 4]);
        assert_eq!(lines_of("a\rb\r\rc"), [1, 2, 4]);
        assert_eq!(lines_of("\n\r\n\ra"), [4]);
        assert_eq!(lines_of("a,\"1\n2\"\nb\n"), [1, 3]);
        assert_eq!(lines_of("a,\"1\r\n2\r3\"\r\nb\r\n"), [1, 4]);
        assert_eq!(lines_of("\"1\r\"\n\"x\"\nb"), [1, 3, 4]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_a_flaw() {
        assert_eq!(
            read_all(b"a,b\nc,\"d\ne,f\n", 3),
            [
                (1, vec!["a".to_owned(), "b".to_owned()], None),
                (2, vec!["c".to_owned(), "d\ne,f\n".to_owned()], Some((1, Flaw::Unclosed)))
            ]
        );
    }

    #[test]
    fn text_after_a_closing_quote_is_a_flaw_and_blanks_are_not() {
        let all = read_all(b"\"a\" ,\"b\"c,d\ne\n", 1);
        assert_eq!(all[0], (1, vec!["a ".to_owned(), "bc".to_owned(), "d".to_owned()], Some((1, Flaw::AfterQuote))));
        assert_eq!(all[1], (2, vec!["e".to_owned()], None));
    }

    #[test]
    fn a_record_without_end_costs_no_more_than_the_limit() {
        let text = [b"a,\"".to_vec(), vec![b'x'; 3 << 20]].concat();
        let all = read_all(&text, 64 << 10);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].2, Some((1, Flaw::Endless)));
        assert!(all[0].1[1].len() < RECORD_LIMIT + BUFFER + 1);
        assert_eq!(read_all(&vec![b','; 1 << 20], 4096)[0].2, Some((CELL_LIMIT + 1, Flaw::Endless)));
    }

    #[test]
    fn a_character_cut_by_a_comma_is_not_text() {
        let mut records = Records::new(&b"a,\xc3,\xa9\n"[..]);
        let mut record = Record::default();
        assert!(records.read(&mut record).unwrap());
        assert_eq!(record.cells().unwrap_err(), 1);
    }

    proptest! {
        #[test]
        fn well_formed_files_read_as_the_csv_crate_reads_them(
            rows in prop::collection::vec(prop::collection::vec("[a\",\n\ré ]{0,4}", 1..4), 0..6),
            crlf in any::<bool>(),
            always_quote in any::<bool>(),
            step in 1..9_usize,
        ) {
            let mut writer = csv::WriterBuilder::new()
                .flexible(true)
                .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
                .quote_style(if always_quote { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary })
                .from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(&text[..]);
            let expected: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            let read = read_all(&text, step);
            prop_assert!(read.iter().all(|(_, _, flaw)| flaw.is_none()));
            prop_assert_eq!(read.into_iter().map(|(_, cells, _)| cells).collect::<Vec<_>>(), expected);
        }

        #[test]
        fn no_bytes_make_it_fail_and_cuts_do_not_matter(
            text in prop::collection::vec(prop::sample::select(b"a,\"\n\r \xff".to_vec()), 0..60),
            step in 1..7_usize,
        ) {
            prop_assert_eq!(read_all(&text, step), read_all(&text, 1 << 16));
        }
    }
}
