//! The writing side of the store: batches of writes, many of them in one commit.
//!
//! A batch is all or nothing. The group shares one transaction and so one sync of the disk; where
//! the disk refuses the group, each batch is tried alone, so that small ones still get through.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::apply::apply;
use super::blobs::{Blobs, Name};
use super::damage;
use crate::record::{Fault, Outcome, Write};

/// Portions up to this size stand in the database, larger ones in files.
const INLINE: usize = 64 << 10;

/// Pages given back to the disk at a time.
const SHRINK_PAGES: u32 = 10_000;

/// Files of one group: where each large portion was put, by batch and place in it.
type Files = BTreeMap<(usize, usize), Name>;

/// What one batch came to.
pub type Committed = Result<Vec<Outcome>, Fault>;

/// The one connection that writes.
pub struct Writer {
    pub(super) path: PathBuf,
    pub(super) database: Connection,
    pub(super) blobs: Blobs,
}

impl Writer {
    /// Carries batches out; on return those that succeeded are on disk.
    pub fn commit(&mut self, batches: &[Vec<Write>]) -> Vec<Committed> {
        let mut results: Vec<Option<Committed>> = vec![None; batches.len()];
        let files = self.put_files(batches, &mut results);
        let mut doomed = BTreeSet::new();
        if let Err(fault) = self.commit_group(batches, &files, &mut results, &mut doomed) {
            log::warn!(fault:%; "a group of writes failed; trying each alone");
            doomed.clear();
            for (at, batch) in batches.iter().enumerate() {
                if !matches!(
                    results[at],
                    Some(Err(Fault::Full | Fault::Damaged(_) | Fault::Failed(_)))
                ) {
                    let one = self.commit_alone(at, batch, &files, &mut doomed);
                    results[at] = Some(one);
                }
            }
        }
        self.remove_files(&doomed);
        if batches.iter().flatten().any(|write| matches!(write, Write::Forget { .. })) {
            self.shrink();
        }
        if results.iter().flatten().any(|result| matches!(result, Err(Fault::Damaged(_)))) {
            damage::remember(&self.path);
        }
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(|| Err(Fault::Failed("was not tried".into()))))
            .collect()
    }

    /// Gives space that messages have left back to the disk, a part of it at a time.
    fn shrink(&self) {
        let vacuum = format!("PRAGMA incremental_vacuum({SHRINK_PAGES})");
        if let Err(error) = self.database.execute_batch(&vacuum) {
            log::warn!(error:%; "the database could not be made smaller");
        }
    }

    /// Puts large portions into files, whole and synced, before a row names them.
    fn put_files(&self, batches: &[Vec<Write>], results: &mut [Option<Committed>]) -> Files {
        let mut files = Files::new();
        let mut folders = BTreeSet::new();
        for (at, batch) in batches.iter().enumerate() {
            for (place, write) in batch.iter().enumerate() {
                let Write::Portion { body, .. } = write else { continue };
                if body.len() <= INLINE {
                    continue;
                }
                match self.blobs.put(body, &mut folders) {
                    Ok(name) => {
                        files.insert((at, place), name);
                    }
                    Err(error) => results[at] = Some(Err(fault_of_file(&error))),
                }
            }
        }
        if let Err(error) = self.blobs.sync(&folders) {
            for (at, _) in files.keys() {
                results[*at] = Some(Err(fault_of_file(&error)));
            }
        }
        files
    }

    fn commit_group(
        &mut self,
        batches: &[Vec<Write>],
        files: &Files,
        results: &mut [Option<Committed>],
        doomed: &mut BTreeSet<Name>,
    ) -> Result<(), Fault> {
        let group = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut done = Vec::with_capacity(batches.len());
        for (at, batch) in batches.iter().enumerate() {
            if results[at].is_some() {
                continue;
            }
            group.prepare_cached("SAVEPOINT batch")?.execute([])?;
            let result = match apply_all(&group, at, batch, files, doomed) {
                Err(fault @ (Fault::Gap | Fault::Conflict)) => {
                    group.prepare_cached("ROLLBACK TO batch")?.execute([])?;
                    Err(fault)
                }
                Err(fault) => return Err(fault),
                Ok(outcomes) => Ok(outcomes),
            };
            group.prepare_cached("RELEASE batch")?.execute([])?;
            done.push((at, result));
        }
        group.commit()?;
        for (at, result) in done {
            results[at] = Some(result);
        }
        Ok(())
    }

    fn commit_alone(
        &mut self,
        at: usize,
        batch: &[Write],
        files: &Files,
        doomed: &mut BTreeSet<Name>,
    ) -> Committed {
        let alone = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcomes = apply_all(&alone, at, batch, files, doomed)?;
        alone.commit()?;
        Ok(outcomes)
    }

    /// Removes files that no row names any more. One that stays is rubbish that the next start
    /// sweeps, so that errors only need telling.
    fn remove_files(&self, doomed: &BTreeSet<Name>) {
        for name in doomed {
            let removed = is_named(&self.database, name)
                .map_err(io::Error::other)
                .and_then(|named| if named { Ok(()) } else { self.blobs.remove(name) });
            if let Err(error) = removed {
                log::warn!(error:%; "a file of a portion could not be removed");
            }
        }
    }
}

/// Does a portion name this file?
pub(super) fn is_named(database: &Connection, name: &Name) -> rusqlite::Result<bool> {
    database
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM portion WHERE file = ?1)")?
        .query_row([name.as_slice()], |row| row.get(0))
}

fn apply_all(
    database: &Connection,
    at: usize,
    batch: &[Write],
    files: &Files,
    doomed: &mut BTreeSet<Name>,
) -> Committed {
    let mut outcomes = Vec::with_capacity(batch.len());
    for (place, write) in batch.iter().enumerate() {
        let file = files.get(&(at, place));
        outcomes.push(apply(database, write, file, doomed)?);
    }
    Ok(outcomes)
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        if error.sqlite_error().is_some_and(|failure| damage::is_failure(*failure)) {
            return Self::Damaged(error.to_string());
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ConstraintViolation) => Self::Conflict,
            Some(_) | None => Self::Failed(error.to_string()),
        }
    }
}

fn fault_of_file(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::Full,
        _ => Fault::Failed(error.to_string()),
    }
}
