//! Which requirements of `docs/requirements.md` a test proves.
//!
//! A test says it in a comment above itself: `// row 5`, `// rows 12, 13`, `// rows 58-63, 65`
//! (`#` instead of `//` in Python). In Rust the comment has to stand above or inside of a test, or
//! it counts for nothing and is a breach. A row without a test is no breach: it is reported.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Finding, Tree};

const LIST: &str = "docs/requirements.md";

/// Which rows there are, and where they are proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Every row with its text.
    pub rows: BTreeMap<u16, String>,
    /// Rows that a test names, with the files that hold such tests.
    pub proven: BTreeMap<u16, BTreeSet<String>>,
    /// Comments that name rows which are not there, or stand over no test.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The rows that no test names.
    pub fn missing(&self) -> impl Iterator<Item = (u16, &str)> {
        let open = |(row, _): &(&u16, &String)| !self.proven.contains_key(row);
        self.rows.iter().filter(open).map(|(row, text)| (*row, text.as_str()))
    }
}

/// Comments about rows that are not there or over no test.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    report(tree).findings
}

/// What is proven, and where.
#[must_use]
pub fn report(tree: &Tree) -> Report {
    let mut report =
        Report { rows: rows(tree.text(LIST).unwrap_or_default()), ..Report::default() };
    for (path, text) in tree.files() {
        let mark = match path.rsplit('.').next() {
            Some("rs" | "js" | "mjs") => "//",
            Some("py") => "#",
            _ => continue,
        };
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(named) = line.strip_prefix(mark).and_then(named_rows) else { continue };
            if path.ends_with(".rs")
                && !above_a_test(&lines[at + 1..])
                && !inside_a_test(&lines[..at])
            {
                report.findings.push(Finding::at(path, at + 1, "names rows, but over no test"));
                continue;
            }
            for row in named {
                if report.rows.contains_key(&row) {
                    report.proven.entry(row).or_default().insert(path.to_owned());
                } else {
                    report.findings.push(Finding::at(
                        path,
                        at + 1,
                        format!("there is no row {row}"),
                    ));
                }
            }
        }
    }
    report
}

/// The numbered lines of the list.
fn rows(list: &str) -> BTreeMap<u16, String> {
    let numbered = |line: &str| {
        let (number, text) = line.split_once(". ")?;
        Some((number.parse().ok()?, text.to_owned()))
    };
    list.lines().filter_map(numbered).collect()
}

/// The rows of a comment, without its mark: ` rows 3, 5-7: why`.
fn named_rows(comment: &str) -> Option<Vec<u16>> {
    let comment = comment.trim_start();
    let list = comment.strip_prefix("rows ").or_else(|| comment.strip_prefix("row "))?;
    let list = list.split(|c: char| !matches!(c, '0'..='9' | ',' | ' ' | '-')).next()?;
    let mut rows = Vec::new();
    for part in list.split([',', ' ']).filter(|part| !part.is_empty() && *part != "-") {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        rows.extend(first.parse::<u16>().ok()?..=last.parse::<u16>().ok()?);
    }
    (!rows.is_empty()).then_some(rows)
}

/// Is the next item, behind comments and attributes, a test (or a block of property tests)?
fn above_a_test(below: &[&str]) -> bool {
    let mut test = false;
    for line in below {
        if line.starts_with("#[") || line.starts_with("#![") || line.starts_with("//") {
            test |= line.starts_with("#[") && line.contains("test");
        } else {
            return test || line.starts_with("proptest!");
        }
    }
    false
}

/// Is the function that began last a test?
fn inside_a_test(above: &[&str]) -> bool {
    let function = |line: &&str| {
        ["fn ", "async fn ", "pub fn ", "pub(crate) fn "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let Some(at) = above.iter().rposition(function) else { return false };
    let attributes = above[..at].iter().rev().take_while(|line| line.starts_with("#["));
    attributes.into_iter().any(|line| line.contains("test"))
}

#[cfg(test)]
mod tests {
    use super::report;
    use crate::Tree;

    const LIST: &str = "# Rows\n1. One.\n2. Two.\n3. Three.\n4. Four.\nSee 9. Not a row\n";

    fn seen(path: &str, text: &str) -> (Vec<u16>, usize) {
        let report = report(&Tree::of(&[("docs/requirements.md", LIST), (path, text)]));
        let proven = report.proven.keys().copied().collect();
        assert_eq!(report.rows.len(), report.missing().count() + report.proven.len());
        (proven, report.findings.len())
    }

    #[test]
    fn rows_are_read_alone_in_lists_and_in_ranges() {
        let test = "#[test]\nfn a() {}\n";
        assert_eq!(seen("a.rs", &format!("// row 2\n{test}")), (vec![2], 0));
        assert_eq!(
            seen("a.rs", &format!("    // rows 1, 3-4: all\n// b\n{test}")),
            (vec![1, 3, 4], 0)
        );
        assert_eq!(seen("a.mjs", "// rows 1, 2\ntest('a', b)"), (vec![1, 2], 0));
        assert_eq!(seen("a.rs", "#[test]\nfn a() {\n    // row 3\n    b();\n}"), (vec![3], 0));
        assert_eq!(seen("a.py", "# row 4\ndef test_a(): pass"), (vec![4], 0));
    }

    #[test]
    fn a_comment_over_no_test_counts_for_nothing_and_is_found() {
        assert_eq!(seen("a.rs", "// row 2\nfn a() {}\n"), (vec![], 1));
        assert_eq!(
            seen("a.rs", "/// Fields (row 2)\n//! row 2\n// ruling f\nfn a() {}"),
            (vec![], 0)
        );
    }

    #[test]
    fn a_row_that_is_not_there_is_found() {
        assert_eq!(seen("a.rs", "// rows 4, 5\n#[test]\nfn a() {}\n"), (vec![4], 1));
    }
}
