//! Where the trees of a damaged database begin: as its first page says or, where that is
//! destroyed, as they begin in a new database.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::cells;
use super::pages::Pages;
use super::schema::lay_out;
use super::tables::{TABLES, Table};

/// What a tree holds.
#[derive(Clone, Copy)]
pub(super) enum Tree {
    /// The rows of a table.
    Of(&'static Table),
    /// The names of accounts.
    Names,
    /// The ids of messages.
    Ids,
    /// An index that says nothing new.
    Index,
}

/// The trees by their roots.
pub(super) type Roots = BTreeMap<u32, Tree>;

/// Finds the roots.
///
/// # Errors
/// A new database cannot be made in memory.
pub(super) fn find(pages: &Pages) -> rusqlite::Result<Roots> {
    let said = said(pages);
    if is_complete(&said) {
        return Ok(said);
    }
    // One that was restored from a backup was written anew in another order.
    let guesses = [laid_out(false)?, laid_out(true)?];
    let best = guesses.into_iter().max_by_key(|roots| likelihood(pages, roots));
    Ok(best.unwrap_or_default())
}

fn said(pages: &Pages) -> Roots {
    let Some(first) = pages.page(1) else { return Roots::new() };
    let records = cells::read(pages, 1, &first).records;
    let rows = records.into_iter().filter_map(|record| {
        let mut values = record.values.into_iter();
        match (values.next()?, values.next()?, values.next()?, values.next()?) {
            (Value::Text(_), Value::Text(name), Value::Text(table), Value::Integer(root)) => {
                Some((u32::try_from(root).ok()?, tree(&name, &table)))
            }
            _ => None,
        }
    });
    rows.filter(|(root, _)| *root > 1 && *root <= pages.count()).collect()
}

fn tree(name: &str, table: &str) -> Tree {
    let is_automatic = name.starts_with("sqlite_autoindex_");
    match (Table::of(name), table) {
        (Some(table), _) => Tree::Of(table),
        (None, "account") if is_automatic => Tree::Names,
        (None, "message") if is_automatic => Tree::Ids,
        (None, _) => Tree::Index,
    }
}

fn is_complete(roots: &Roots) -> bool {
    let tables = roots.values().filter(|tree| matches!(tree, Tree::Of(_)));
    let names = roots.values().any(|tree| matches!(tree, Tree::Names));
    let ids = roots.values().any(|tree| matches!(tree, Tree::Ids));
    tables.count() == TABLES.len() && names && ids
}

/// The roots of a new database, or of one that was written anew as for a backup.
fn laid_out(anew: bool) -> rusqlite::Result<Roots> {
    let mut database = Connection::open_in_memory()?;
    lay_out(&mut database)?;
    if anew {
        database.execute_batch("VACUUM")?;
    }
    let mut rows = database
        .prepare("SELECT rootpage, name, tbl_name FROM sqlite_schema WHERE rootpage > 0")?;
    let found = rows.query_map([], |row| {
        let (name, table): (String, String) = (row.get(1)?, row.get(2)?);
        Ok((row.get(0)?, tree(&name, &table)))
    })?;
    found.collect()
}

/// How well the pages at these roots look as they would.
fn likelihood(pages: &Pages, roots: &Roots) -> i64 {
    let each = roots.iter().map(|(number, tree)| {
        let Some(page) = pages.page(*number) else { return 0 };
        let records = cells::read(pages, *number, &page).records;
        match tree {
            Tree::Of(table) => {
                let fit = |record| if table.row(record).is_some() { 1 } else { -1 };
                records.iter().map(fit).sum()
            }
            Tree::Names | Tree::Ids | Tree::Index => {
                let is_row = |record: &cells::Record| record.number.is_some();
                -(records.iter().filter(|record| is_row(record)).count() as i64)
            }
        }
    });
    each.sum()
}
