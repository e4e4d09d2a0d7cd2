//! Opens a file that may be compressed, and counts what is read of it.

use std::cell::Cell;
use std::io::{self, Chain, Cursor, ErrorKind, Read};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use crate::ImportError;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZIP: [u8; 2] = *b"PK";
const PARQUET: [u8; 4] = *b"PAR1";

/// The most that is unpacked of one file.
const UNPACKED: u64 = 32 << 30;
/// Tables shrink to a tenth, or very repetitive ones to a hundredth. What shrinks to less was made to fill disks.
const RATIO: u64 = 1_000;
/// So much is unpacked whatever the ratio, which says little of small files.
const HARMLESS: u64 = 64 << 20;

/// A file's plain bytes.
pub(crate) struct Input<'a> {
    plain: Box<dyn Read + 'a>,
    meter: Meter,
    compressed: bool,
}

/// How much of the stored file was read, and whether reading it failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    bytes: Rc<Cell<u64>>,
    failed: Rc<Cell<bool>>,
    overfull: Rc<Cell<bool>>,
}

impl Meter {
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.get()
    }
}

struct Metered<R> {
    raw: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer);
        match &read {
            Ok(count) => self.meter.bytes.set(self.meter.bytes.get() + *count as u64),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => self.meter.failed.set(true),
        }
        read
    }
}

/// Unpacked bytes, which end in an error when there are more than any table has.
struct Bounded<R> {
    plain: R,
    unpacked: u64,
    meter: Meter,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.plain.read(buffer)?;
        self.unpacked += read as u64;
        let most = self.meter.bytes().saturating_mul(RATIO).clamp(HARMLESS, UNPACKED);
        if self.unpacked > most {
            self.meter.overfull.set(true);
            return Err(io::Error::from(ErrorKind::FileTooLarge));
        }
        Ok(read)
    }
}

impl<'a> Input<'a> {
    /// Looks at the first bytes: gzip is unpacked, other archives are refused, the rest is taken as it is.
    pub(crate) fn open(raw: impl Read + 'a) -> Result<Self, ImportError> {
        let meter = Meter::default();
        let mut metered = Metered { raw, meter: meter.clone() };
        let mut start = Vec::new();
        metered.by_ref().take(4).read_to_end(&mut start).map_err(ImportError::Read)?;
        let wrong_kind = |found, advice| Err(ImportError::WrongKind { found, advice });
        if start.starts_with(&ZIP) {
            return wrong_kind("a ZIP archive or a spreadsheet", "unpack it, or save the sheet as CSV");
        }
        if start == PARQUET {
            return wrong_kind("a Parquet file", "import it as Parquet, or save it as CSV");
        }
        let compressed = start.starts_with(&GZIP);
        let whole: Chain<Cursor<Vec<u8>>, Metered<_>> = Cursor::new(start).chain(metered);
        let plain: Box<dyn Read + 'a> = if compressed {
            let plain = MultiGzDecoder::new(io::BufReader::with_capacity(64 << 10, whole));
            Box::new(Bounded { plain, unpacked: 0, meter: meter.clone() })
        } else {
            Box::new(whole)
        };
        Ok(Self { plain, meter, compressed })
    }

    pub(crate) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Tells a failed disk or connection from a damaged archive and from one that was made to fill disks.
    pub(crate) fn error(&self, error: io::Error) -> ImportError {
        if self.meter.overfull.get() {
            let found = "a gzip file that unpacks to far more than a table of its size";
            return ImportError::WrongKind { found, advice: "send it unpacked, or in several files" };
        }
        if self.compressed && !self.meter.failed.get() {
            return ImportError::Damaged(error);
        }
        ImportError::Read(error)
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.plain.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<(Vec<u8>, u64), ImportError> {
        let mut input = Input::open(bytes)?;
        let mut plain = Vec::new();
        input.read_to_end(&mut plain).map_err(|error| input.error(error))?;
        Ok((plain, input.meter().bytes()))
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_and_measured_as_stored() {
        let packed = [gzip(b"Name,"), gzip(b"Total\n")].concat();
        assert_eq!(read(&packed).unwrap(), (b"Name,Total\n".to_vec(), packed.len() as u64));
        assert_eq!(read(b"Name").unwrap(), (b"Name".to_vec(), 4));
        assert_eq!(read(b"").unwrap(), (Vec::new(), 0));
    }

    #[test]
    fn a_gzip_file_that_was_cut_off_is_damaged() {
        let packed = gzip(&b"#1001,12.00\n".repeat(1000));
        assert!(matches!(read(&packed[..packed.len() / 2]), Err(ImportError::Damaged(_))));
        assert!(matches!(read(&packed[..packed.len() - 3]), Err(ImportError::Damaged(_))));
    }

    #[test]
    fn a_gzip_file_that_unpacks_to_a_thousand_times_its_size_is_refused_and_a_repetitive_table_is_not() {
        // Gzip packs a run of one byte to a little less than a thousandth.
        let within = gzip(&vec![b'a'; 60 << 20]);
        assert_eq!(read(&within).unwrap().0.len(), 60 << 20);
        let beyond = gzip(&vec![b'a'; 80 << 20]);
        assert!((beyond.len() as u64) * RATIO < 80 << 20, "{}", beyond.len());
        let refused = read(&beyond).unwrap_err();
        assert!(matches!(refused, ImportError::WrongKind { .. }), "{refused}");
        assert!(refused.to_string().contains("unpacks to far more"), "{refused}");
        let table = gzip(&b"#1001,ann@example.com,12.00\n".repeat(3 << 20));
        assert_eq!(read(&table).unwrap().0.len(), 28 * (3 << 20));
    }

    #[test]
    fn archives_and_spreadsheets_are_refused_by_name() {
        let Err(error) = read(b"PK\x03\x04rest") else { panic!("accepted") };
        assert_eq!(
            error.to_string(),
            "the file is a ZIP archive or a spreadsheet: unpack it, or save the sheet as CSV"
        );
    }

    #[test]
    fn a_failing_disk_is_not_a_damaged_file() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let packed = gzip(b"text");
        let mut input = Input::open(packed[..6].chain(Broken)).unwrap();
        let error = input.read_to_end(&mut Vec::new()).unwrap_err();
        assert!(matches!(input.error(error), ImportError::Read(_)));
    }
}
