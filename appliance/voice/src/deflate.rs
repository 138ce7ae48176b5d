//! DEFLATE (RFC 1951, raw, no zlib header) with a bound on what comes out.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use thiserror::Error;

/// The most that one portion may inflate to, in bytes.
pub const INFLATE_LIMIT: usize = 1024 * 1024;

/// Level 6 is where speech stops gaining: 9 costs three times the time for less than one percent.
const LEVEL: u8 = 6;

/// The bytes are not raw DEFLATE, or inflate to more than [`INFLATE_LIMIT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the compressed bytes are broken or inflate to more than {INFLATE_LIMIT} bytes")]
pub struct InflateError;

/// The bytes as raw DEFLATE; they may come out longer than they went in.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, LEVEL)
}

/// The bytes that raw DEFLATE stands for, at most [`INFLATE_LIMIT`] of them.
pub fn inflate(bytes: &[u8]) -> Result<Vec<u8>, InflateError> {
    decompress_to_vec_with_limit(bytes, INFLATE_LIMIT).map_err(|_| InflateError)
}

/// The plaintext of a portion: one byte that says whether what follows is compressed
/// (0 as it is, 1 raw DEFLATE), then the bytes. DEFLATE is taken only where it is shorter.
pub fn pack(bytes: &[u8], may_compress: bool) -> Vec<u8> {
    let compressed = may_compress.then(|| deflate(bytes)).filter(|c| c.len() < bytes.len());
    let (tag, body) = match &compressed {
        Some(compressed) => (1, compressed.as_slice()),
        None => (0, bytes),
    };
    let mut out = Vec::with_capacity(1 + body.len());
    out.push(tag);
    out.extend_from_slice(body);
    out
}

/// Why a portion's plaintext was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnpackError {
    /// There is not even the compressor byte.
    #[error("the portion is empty")]
    Empty,
    /// The compressor byte is not known here, or not allowed by the format.
    #[error("compressor {0} is not known here or not allowed by the format")]
    Compressor(u8),
    /// The portion is longer than [`INFLATE_LIMIT`].
    #[error("the portion has {0} bytes, more than {INFLATE_LIMIT}")]
    TooLong(usize),
    /// The compressed bytes are broken or too large.
    #[error(transparent)]
    Inflate(#[from] InflateError),
}

/// The bytes that [`pack`] was given.
pub fn unpack(plaintext: &[u8], may_compress: bool) -> Result<Vec<u8>, UnpackError> {
    let (&tag, body) = plaintext.split_first().ok_or(UnpackError::Empty)?;
    match tag {
        0 if body.len() > INFLATE_LIMIT => Err(UnpackError::TooLong(body.len())),
        0 => Ok(body.to_vec()),
        1 if may_compress => Ok(inflate(body)?),
        other => Err(UnpackError::Compressor(other)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{INFLATE_LIMIT, InflateError, UnpackError, deflate, inflate, pack, unpack};

    // row 59
    #[test]
    fn compression_is_used_only_where_it_makes_a_portion_smaller() {
        let same = pack(&[7; 1000], true);
        assert_eq!(same[0], 1);
        assert!(same.len() < 50);
        let short = pack(&[1, 2, 3], true);
        assert_eq!(short, [0, 1, 2, 3]);
        assert_eq!(pack(&[7; 1000], false).len(), 1001);
    }

    #[test]
    fn a_bomb_is_refused_before_it_grows() {
        let bomb = deflate(&vec![0; INFLATE_LIMIT + 1]);
        assert!(bomb.len() < 2000);
        assert_eq!(inflate(&bomb), Err(InflateError));
        assert_eq!(inflate(&deflate(&vec![0; INFLATE_LIMIT])).map(|v| v.len()), Ok(INFLATE_LIMIT));
    }

    #[test]
    fn an_unknown_or_forbidden_compressor_byte_is_refused() {
        assert_eq!(unpack(&[], true), Err(UnpackError::Empty));
        assert_eq!(unpack(&[2, 0], true), Err(UnpackError::Compressor(2)));
        assert_eq!(unpack(&pack(&[7; 99], true), false), Err(UnpackError::Compressor(1)));
    }

    proptest! {
        #[test]
        fn what_is_packed_unpacks(bytes in vec(any::<u8>(), 0..2000), may in any::<bool>()) {
            let packed = pack(&bytes, may);
            prop_assert!(packed.len() <= bytes.len() + 1);
            prop_assert_eq!(unpack(&packed, may), Ok(bytes));
        }

        #[test]
        fn any_bytes_unpack_or_are_refused(bytes in vec(any::<u8>(), 0..400)) {
            let _ = unpack(&bytes, true);
        }
    }
}
