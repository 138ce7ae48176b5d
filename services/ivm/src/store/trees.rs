//! Which tree a page belongs to.
//!
//! The database is kept with auto-vacuum, so that it has, beside the trees themselves, a map from
//! every page to the page above it; free pages, on which deleted rows still stand, are marked in
//! it. That tells where a page belongs even if the pages above are destroyed. Where the map is,
//! the trees are gone down instead, and the list of free pages counts.

use std::collections::{BTreeMap, BTreeSet};

use super::cells;
use super::pages::{Pages, is_lock, u32_at};
use super::schema::PAGE;

/// Bytes of an entry in the map.
const ENTRY: usize = 5;
/// No tree of ours is deeper.
const DEEPEST: usize = 16;

/// Where a page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To the tree with this root.
    Tree(u32),
    /// It holds no records of its own: the map, the rest of a long record, or nothing at all.
    Elsewhere,
    /// Nothing is left that says it.
    Unknown,
}

/// The pages' places.
pub(super) struct Trees<'a> {
    pages: &'a Pages,
    roots: BTreeSet<u32>,
    /// Pages of the map that were read.
    map: BTreeMap<u32, Option<Vec<u8>>>,
    /// From the trees themselves, once something is missing in the map.
    gone_down: Option<BTreeMap<u32, u32>>,
    free: BTreeSet<u32>,
}

impl<'a> Trees<'a> {
    /// The trees with these roots.
    pub(super) fn new(pages: &'a Pages, roots: BTreeSet<u32>) -> Self {
        let (map, free) = (BTreeMap::new(), BTreeSet::new());
        Self { pages, roots, map, gone_down: None, free }
    }

    /// Where does this page belong?
    pub(super) fn place(&mut self, number: u32) -> Place {
        if number < 2 || is_lock(number) || map_page(number) == number {
            return Place::Elsewhere;
        }
        if self.roots.contains(&number) {
            return Place::Tree(number);
        }
        let mut at = number;
        for _ in 0..DEEPEST {
            match self.entry(at) {
                Some((2, 0)) if at == number => return Place::Elsewhere,
                Some((3 | 4, above)) if at == number && self.is_page(above) => {
                    return Place::Elsewhere;
                }
                Some((5, above)) if self.is_page(above) && above != at => {
                    if self.roots.contains(&above) {
                        return Place::Tree(above);
                    }
                    at = above;
                }
                _ => break,
            }
        }
        self.by_going_down(number)
    }

    fn is_page(&self, number: u32) -> bool {
        number > 1 && number <= self.pages.count()
    }

    fn by_going_down(&mut self, number: u32) -> Place {
        if self.gone_down.is_none() {
            self.free = free_pages(self.pages);
            self.gone_down = Some(self.go_down());
        }
        if self.free.contains(&number) {
            return Place::Elsewhere;
        }
        let found = self.gone_down.as_ref().and_then(|trees| trees.get(&number));
        found.map_or(Place::Unknown, |root| Place::Tree(*root))
    }

    fn go_down(&self) -> BTreeMap<u32, u32> {
        let mut found = BTreeMap::new();
        for root in &self.roots {
            let mut below = vec![*root];
            while let Some(number) = below.pop() {
                let Some(page) = self.pages.page(number) else { continue };
                for child in cells::children(number, &page) {
                    let is_new = !self.roots.contains(&child) && !found.contains_key(&child);
                    if self.is_page(child) && is_new {
                        found.insert(child, *root);
                        below.push(child);
                    }
                }
            }
        }
        found
    }

    fn entry(&mut self, number: u32) -> Option<(u8, u32)> {
        let map_page = map_page(number);
        let place = number.checked_sub(map_page + 1)? as usize * ENTRY;
        let pages = self.pages;
        let map = self.map.entry(map_page).or_insert_with(|| pages.page(map_page));
        let map = map.as_ref()?;
        Some((*map.get(place)?, u32_at(map, place + 1)?))
    }
}

/// The page of the map that is about this page.
fn map_page(number: u32) -> u32 {
    let each = (PAGE / ENTRY) as u32 + 1;
    let page = (number.saturating_sub(2) / each) * each + 2;
    if is_lock(page) { page + 1 } else { page }
}

/// The list of free pages, as far as it can be read.
fn free_pages(pages: &Pages) -> BTreeSet<u32> {
    let mut free = BTreeSet::new();
    let first = pages.page(1).filter(|page| page.starts_with(b"SQLite format 3\0"));
    let mut trunk = first.and_then(|page| u32_at(&page, 32)).unwrap_or(0);
    while trunk != 0 && free.insert(trunk) {
        let Some(page) = pages.page(trunk) else { break };
        let count = u32_at(&page, 4).unwrap_or(0) as usize;
        let leaves = (0..count).map_while(|at| u32_at(&page, 8 + 4 * at));
        free.extend(leaves.filter(|leaf| *leaf > 1 && *leaf <= pages.count()));
        trunk = u32_at(&page, 0).unwrap_or(0);
    }
    free
}
