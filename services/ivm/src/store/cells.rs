//! The records in a page, read without SQLite: a page is understood by itself, however its
//! neighbours are.

use rusqlite::types::Value;

use super::pages::{Pages, u16_at, u32_at};

/// Bytes of the longest record: more than any row of ours can have.
const LONGEST: u64 = 4 << 20;
/// Before the first page's tree stands the head of the file.
const FILE_HEAD: usize = 100;

/// What a page of a tree holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Rows with numbers.
    Rows,
    /// Only where rows with numbers are.
    Numbers,
    /// Records in order.
    Records,
    /// Records in order, and where others are.
    RecordsAbove,
}

/// A record as it was read.
pub(super) struct Record {
    /// The number of the row, where its tree counts them.
    pub(super) number: Option<i64>,
    /// Its values.
    pub(super) values: Vec<Value>,
}

/// The records of a page.
#[derive(Default)]
pub(super) struct Cells {
    /// Those that can be read.
    pub(super) records: Vec<Record>,
    /// How many cannot.
    pub(super) unreadable: u64,
}

/// What the page is; `None` if it is no page of a tree.
pub(super) fn sort(number: u32, page: &[u8]) -> Option<Sort> {
    match page.get(begin(number))? {
        2 => Some(Sort::RecordsAbove),
        5 => Some(Sort::Numbers),
        10 => Some(Sort::Records),
        13 => Some(Sort::Rows),
        _ => None,
    }
}

fn begin(number: u32) -> usize {
    if number == 1 { FILE_HEAD } else { 0 }
}

/// Where the cells of a page are.
fn places(number: u32, page: &[u8]) -> Vec<usize> {
    let begin = begin(number);
    let head = match sort(number, page) {
        None => return Vec::new(),
        Some(Sort::Rows | Sort::Records) => 8,
        Some(Sort::Numbers | Sort::RecordsAbove) => 12,
    };
    let count = u16_at(page, begin + 3).unwrap_or(0);
    (0..count).map_while(|at| u16_at(page, begin + head + 2 * at)).collect()
}

/// The pages below this one.
pub(super) fn children(number: u32, page: &[u8]) -> Vec<u32> {
    if !matches!(sort(number, page), Some(Sort::Numbers | Sort::RecordsAbove)) {
        return Vec::new();
    }
    let last = u32_at(page, begin(number) + 8);
    places(number, page).into_iter().filter_map(|at| u32_at(page, at)).chain(last).collect()
}

/// Reads every record of a page, with what of it is on other pages.
pub(super) fn read(pages: &Pages, number: u32, page: &[u8]) -> Cells {
    let mut cells = Cells::default();
    let Some(sort) = sort(number, page) else {
        return Cells { unreadable: 1, ..cells };
    };
    if sort == Sort::Numbers {
        return cells;
    }
    for at in places(number, page) {
        match record(pages, sort, page, at) {
            Some(record) => cells.records.push(record),
            None => cells.unreadable += 1,
        }
    }
    cells
}

fn record(pages: &Pages, sort: Sort, page: &[u8], at: usize) -> Option<Record> {
    let mut rest = page.get(at..)?;
    if sort == Sort::RecordsAbove {
        rest = rest.get(4..)?;
    }
    let length = varint(&mut rest)?;
    if length > LONGEST {
        return None;
    }
    let number = match sort {
        Sort::Rows => Some(varint(&mut rest)?.cast_signed()),
        Sort::Numbers | Sort::Records | Sort::RecordsAbove => None,
    };
    let length = usize::try_from(length).ok()?;
    let here = on_page(page.len(), length, sort == Sort::Rows);
    let mut payload = rest.get(..here)?.to_vec();
    if here < length {
        follow(pages, u32_at(rest, here)?, length, &mut payload)?;
    }
    Some(Record { number, values: values(&payload)? })
}

/// How much of a payload stands on the page itself, by the file format.
fn on_page(page: usize, length: usize, is_row: bool) -> usize {
    let part = |of: usize| (page - 12) * of / 255 - 23;
    let (most, least) = (if is_row { page - 35 } else { part(64) }, part(32));
    if length <= most {
        return length;
    }
    let fitting = least + (length - least) % (page - 4);
    if fitting <= most { fitting } else { least }
}

/// Reads the rest of a payload from its chain of pages.
fn follow(pages: &Pages, mut next: u32, length: usize, payload: &mut Vec<u8>) -> Option<()> {
    while payload.len() < length {
        let page = pages.page(next)?;
        next = u32_at(&page, 0)?;
        let wanted = (length - payload.len()).min(page.len() - 4);
        payload.extend_from_slice(page.get(4..4 + wanted)?);
    }
    // The last page of a chain says so.
    (next == 0).then_some(())
}

fn values(payload: &[u8]) -> Option<Vec<Value>> {
    let mut rest = payload;
    let head = usize::try_from(varint(&mut rest)?).ok()?;
    let mut kinds = payload.get(payload.len() - rest.len()..head)?;
    let mut body = payload.get(head..)?;
    let mut values = Vec::new();
    while !kinds.is_empty() {
        let kind = varint(&mut kinds)?;
        values.push(value(kind, &mut body)?);
    }
    Some(values)
}

fn value(kind: u64, body: &mut &[u8]) -> Option<Value> {
    let length = match kind {
        0 | 8 | 9 => 0,
        1..=4 => usize::try_from(kind).ok()?,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => usize::try_from((kind - 12) / 2).ok()?,
    };
    let (bytes, rest) = body.split_at_checked(length)?;
    *body = rest;
    Some(match kind {
        0 => Value::Null,
        8 => Value::Integer(0),
        9 => Value::Integer(1),
        1..=6 => Value::Integer(signed(bytes)),
        7 => Value::Real(f64::from_bits(signed(bytes).cast_unsigned())),
        _ if kind.is_multiple_of(2) => Value::Blob(bytes.to_vec()),
        _ => Value::Text(String::from_utf8(bytes.to_vec()).ok()?),
    })
}

fn signed(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let begin = if negative { -1 } else { 0 };
    bytes.iter().fold(begin, |number, byte| (number << 8) | i64::from(*byte))
}

/// A number of one to nine bytes; every byte but the ninth has seven bits of it.
fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for at in 0..9 {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        if at == 8 {
            return Some((number << 8) | u64::from(*byte));
        }
        number = (number << 7) | u64::from(byte & 0x7f);
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}
