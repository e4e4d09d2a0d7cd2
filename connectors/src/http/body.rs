//! Reading a body: unpacked while it comes, and no further than it may go.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// A body as far as it has come.
#[derive(Debug)]
pub(super) enum Body {
    Plain(Bounded),
    Gzip { decoder: Box<MultiGzDecoder<Bounded>>, is_begun: bool },
}

/// Why it goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    TooLarge,
    /// It is packed in a way that was not asked for, or not in the way that it says.
    Garbled,
    /// The packed bytes end too early.
    CutOff,
}

/// Takes bytes up to a number of them.
#[derive(Debug)]
pub(super) struct Bounded {
    bytes: Vec<u8>,
    most: usize,
    is_over: bool,
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if piece.len() > self.most - self.bytes.len() {
            self.is_over = true;
            return Err(io::Error::other("too large"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Body {
    /// An empty one of at most so many bytes, unpacked as the headers say.
    pub(super) fn new(headers: &HeaderMap, most: usize) -> Result<Self, BodyError> {
        let bounded = Bounded { bytes: Vec::new(), most, is_over: false };
        let packing = headers.get(CONTENT_ENCODING).map_or("identity", |value| value.to_str().unwrap_or("?"));
        match packing.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Plain(bounded)),
            "gzip" | "x-gzip" => Ok(Self::Gzip { decoder: Box::new(MultiGzDecoder::new(bounded)), is_begun: false }),
            _ => Err(BodyError::Garbled),
        }
    }

    /// Takes the next piece.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), BodyError> {
        match self {
            Self::Plain(bounded) => bounded.write_all(piece).map_err(|_| BodyError::TooLarge),
            Self::Gzip { decoder, is_begun } => {
                *is_begun |= !piece.is_empty();
                let written = decoder.write_all(piece);
                written.map_err(|_| if decoder.get_ref().is_over { BodyError::TooLarge } else { BodyError::Garbled })
            }
        }
    }

    /// How many bytes there are so far, unpacked.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Plain(bounded) => bounded.bytes.len(),
            Self::Gzip { decoder, .. } => decoder.get_ref().bytes.len(),
        }
    }

    /// All of it, once there is no more.
    pub(super) fn finish(self) -> Result<Vec<u8>, BodyError> {
        match self {
            Self::Plain(bounded) => Ok(bounded.bytes),
            // Answers without a body may still say how it would be packed.
            Self::Gzip { is_begun: false, .. } => Ok(Vec::new()),
            Self::Gzip { mut decoder, .. } => match decoder.try_finish() {
                Ok(()) => Ok(std::mem::take(&mut decoder.get_mut().bytes)),
                Err(_) if decoder.get_ref().is_over => Err(BodyError::TooLarge),
                Err(_) => Err(BodyError::CutOff),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(packing: &str, most: usize, bytes: &[u8]) -> Result<Vec<u8>, BodyError> {
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, packing.parse().unwrap())]);
        let mut body = Body::new(&headers, most)?;
        for piece in bytes.chunks(7) {
            body.push(piece)?;
        }
        body.finish()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let text = b"order ".repeat(1_000);
        assert_eq!(read("gzip", 6_000, &gzip(&text)), Ok(text.clone()));
        assert_eq!(read("GZIP", 12_000, &[gzip(&text), gzip(&text)].concat()), Ok(text.repeat(2)));
        assert_eq!(read("identity", 6_000, &text), Ok(text));
        assert_eq!(read("gzip", 10, b""), Ok(Vec::new()));
    }

    #[test]
    fn the_bound_is_on_what_is_unpacked() {
        let bomb = gzip(&vec![0; 8 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(read("gzip", 1 << 20, &bomb), Err(BodyError::TooLarge));
        assert_eq!(read("identity", 99, &[b'x'; 100]), Err(BodyError::TooLarge));
        assert_eq!(read("identity", 100, &[b'x'; 100]), Ok(vec![b'x'; 100]));
    }

    #[test]
    fn a_packed_body_that_ends_too_early_is_not_taken_for_whole() {
        let packed = gzip(b"an order that is long enough to be packed");
        for length in 1..packed.len() {
            assert_eq!(read("gzip", 1_000, &packed[..length]), Err(BodyError::CutOff), "{length}");
        }
    }

    #[test]
    fn other_packings_are_refused() {
        assert_eq!(read("br", 10, b"x"), Err(BodyError::Garbled));
        assert_eq!(read("gzip, gzip", 10, b"x"), Err(BodyError::Garbled));
        assert_eq!(read("gzip", 10, b"plain text after all"), Err(BodyError::Garbled));
    }
}
