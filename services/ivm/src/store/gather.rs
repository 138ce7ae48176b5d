//! Gathering what can still be read of a damaged database into a new one.
//!
//! Every page is read by itself, so that what is lost is what stood on a page that is destroyed,
//! and nothing else. Then what does not hang together is mended: the new database keeps every
//! invariant of its tables.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, ensure};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::Birth;
use super::blobs::Blobs;
use super::cells::{self, Cells, Record};
use super::mend::mend;
use super::pages::Pages;
use super::report::Saved;
use super::roots::{self, Roots, Tree};
use super::schema::lay_out;
use super::tables::{TABLES, Table};
use super::trees::{Place, Trees};

/// What indexes know of rows that are lost.
const SEEN: &str = "
    PRAGMA temp_store = FILE;
    CREATE TEMP TABLE seen_name (guid BLOB PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
    CREATE TEMP TABLE seen_message (number INTEGER PRIMARY KEY);
";

/// Makes a new database at `to` from the damaged one at `from`. On return it is whole, and on disk
/// but for its name.
///
/// # Errors
/// The disk is full or broken, or what was made is no sound database.
pub(super) fn gather(from: &Path, to: &Path, blobs: &Blobs, birth: Birth) -> anyhow::Result<Saved> {
    let pages = Pages::open(from).context("opening the damaged database")?;
    let roots = roots::find(&pages)?;
    let mut database = Connection::open(to).context("making a new database")?;
    lay_out(&mut database).context("making a new database")?;
    database.execute_batch(SEEN)?;
    let copying = database.transaction()?;
    let mut gathering = Gathering { pages: &pages, to: &copying, blobs, saved: Saved::default() };
    gathering.all(&roots)?;
    let mut saved = gathering.saved;
    mend(&copying, birth, &mut saved).context("mending the new database")?;
    copying.commit()?;
    let verdict: String = database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    ensure!(verdict == "ok", "the new database is damaged, too: {verdict}");
    let strays = database.prepare("PRAGMA foreign_key_check")?.exists([])?;
    ensure!(!strays, "the new database does not hang together");
    drop(database);
    File::open(to)?.sync_all().context("writing the new database")?;
    Ok(saved)
}

struct Gathering<'a> {
    pages: &'a Pages,
    to: &'a Connection,
    blobs: &'a Blobs,
    saved: Saved,
}

impl Gathering<'_> {
    fn all(&mut self, roots: &Roots) -> rusqlite::Result<()> {
        let numbers: BTreeSet<u32> = roots.keys().copied().collect();
        let mut trees = Trees::new(self.pages, numbers);
        if self.pages.page(1).and_then(|page| cells::sort(1, &page)).is_none() {
            self.saved.pages += 1;
        }
        for number in 2..=self.pages.count() {
            match trees.place(number) {
                Place::Elsewhere => {}
                Place::Tree(root) => match roots.get(&root) {
                    Some(Tree::Index) | None => {}
                    Some(tree) => {
                        let cells = self.cells(number);
                        self.take(tree, &cells.records)?;
                    }
                },
                Place::Unknown => {
                    for record in self.cells(number).records {
                        self.guess(&record)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn cells(&mut self, number: u32) -> Cells {
        let page = self.pages.page(number).filter(|page| cells::sort(number, page).is_some());
        let Some(page) = page else {
            self.saved.pages += 1;
            return Cells::default();
        };
        let cells = cells::read(self.pages, number, &page);
        self.saved.rows += cells.unreadable;
        cells
    }

    fn take(&mut self, tree: &Tree, records: &[Record]) -> rusqlite::Result<()> {
        for record in records {
            let is_taken = match tree {
                Tree::Of(table) => self.keep(table, record)?,
                Tree::Names => self.note_name(&record.values)?,
                Tree::Ids => self.note_id(&record.values)?,
                Tree::Index => true,
            };
            if !is_taken {
                self.saved.rows += 1;
            }
        }
        Ok(())
    }

    /// A row of a page of which nothing says where it belongs: what it looks like decides.
    fn guess(&mut self, record: &Record) -> rusqlite::Result<()> {
        for table in TABLES.iter().filter(|table| table.is_plain) {
            if self.keep(table, record)? {
                break;
            }
        }
        Ok(())
    }

    fn keep(&mut self, table: &Table, record: &Record) -> rusqlite::Result<bool> {
        let Some(row) = table.row(record) else { return Ok(false) };
        if table.name == "portion"
            && let Some(Value::Blob(name)) = row.last()
            && let Ok(name) = name.as_slice().try_into()
            && !self.blobs.holds(&name)
        {
            return Ok(false);
        }
        self.to.prepare_cached(&table.insert())?.execute(params_from_iter(row))?;
        Ok(true)
    }

    fn note_name(&self, values: &[Value]) -> rusqlite::Result<bool> {
        let [Value::Text(name), Value::Blob(guid)] = values else { return Ok(false) };
        if guid.len() != 16 {
            return Ok(false);
        }
        let sql = "INSERT OR IGNORE INTO seen_name (guid, name) VALUES (?1, ?2)";
        self.to.prepare_cached(sql)?.execute(params![guid, name])?;
        Ok(true)
    }

    fn note_id(&self, values: &[Value]) -> rusqlite::Result<bool> {
        let [Value::Blob(_), Value::Integer(number)] = values else { return Ok(false) };
        let sql = "INSERT OR IGNORE INTO seen_message (number) VALUES (?1)";
        self.to.prepare_cached(sql)?.execute([number])?;
        Ok(true)
    }
}
