//! A Rust file seen as functions and paths, with test code set aside.

use std::collections::BTreeSet;

use crate::Tree;
use crate::lexer::{Token, tokens};

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Where its name stands.
    pub(crate) line: usize,
    /// Lines between its braces.
    pub(crate) length: usize,
    /// Does it take parameters?
    pub(crate) parameters: bool,
    /// Does it bear an attribute that makes it a test?
    pub(crate) test: bool,
}

/// Tokens of a file without the items under `#[cfg(test)]`.
pub(crate) struct Source {
    tokens: Vec<Token>,
    /// Lines under `#[cfg(test)]`.
    pub(crate) test_lines: usize,
    /// Modules in their own files that are declared under `#[cfg(test)]`.
    pub(crate) test_modules: Vec<String>,
}

impl Source {
    pub(crate) fn read(text: &str) -> Self {
        let all = tokens(text);
        let mut source = Self { tokens: Vec::new(), test_lines: 0, test_modules: Vec::new() };
        let mut at = 0;
        while at < all.len() {
            match cfg_test(&all[at..]) {
                Some(attribute) => at = source.set_aside(&all, at, at + attribute),
                None => {
                    source.tokens.push(all[at].clone());
                    at += 1;
                }
            }
        }
        source
    }

    /// Skips the item behind an attribute that ends at `item`; returns where it ends.
    fn set_aside(&mut self, all: &[Token], start: usize, item: usize) -> usize {
        let end = item_end(all, item);
        let last = all[end - 1].line;
        self.test_lines += last - all[start].line + 1;
        if all[item].is_word("mod")
            && let Some(name) = all.get(item + 1).and_then(Token::word)
            && all[end - 1].is(';')
        {
            self.test_modules.push(name.to_owned());
        }
        end
    }

    /// Every function that has a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let tokens = &self.tokens;
        let starts = tokens.iter().enumerate().filter(|(_, token)| token.is_word("fn"));
        starts.filter_map(|(at, _)| function(tokens, at)).collect()
    }

    /// Every path of two or more names, `use` trees unfolded, with its line.
    pub(crate) fn paths(&self) -> Vec<(Vec<String>, usize)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            at = path(&self.tokens, at, &[], &mut found).max(at + 1);
        }
        found.retain(|(names, _)| names.len() > 1);
        found
    }
}

/// Is the file test code as a whole: by its place, or declared as a module under `#[cfg(test)]`?
pub(crate) fn is_test_file(path: &str, declared: &BTreeSet<String>) -> bool {
    let inside = path.split('/').skip(1).any(|part| part == "tests");
    path.ends_with("/tests.rs") || inside || declared.contains(path)
}

/// The files of all modules that are declared under `#[cfg(test)]`.
pub(crate) fn declared_test_files(tree: &Tree) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for (path, text) in tree.with_extension("rs") {
        let stem = path.trim_end_matches(".rs");
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let home = if matches!(name, "lib" | "main" | "mod") { folder } else { stem };
        for module in Source::read(text).test_modules {
            files.insert(format!("{home}/{module}.rs"));
            files.insert(format!("{home}/{module}/mod.rs"));
        }
    }
    files
}

/// The length of the attribute `#[cfg(test)]`, or one that needs test and more, if it is here.
fn cfg_test(tokens: &[Token]) -> Option<usize> {
    let opens = tokens.len() > 3 && tokens[0].is('#') && tokens[1].is('[');
    if !opens || !tokens[2].is_word("cfg") {
        return None;
    }
    let end = matching(tokens, 1, '[', ']')?;
    let inside = &tokens[3..end];
    let negated = inside.iter().any(|token| token.is_word("not") || token.is_word("any"));
    (!negated && inside.iter().any(|token| token.is_word("test"))).then_some(end + 1)
}

/// The end of the item that starts at `at`, further attributes included.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while at < tokens.len() {
        if tokens[at].is('{') {
            return matching(tokens, at, '{', '}').map_or(tokens.len(), |end| end + 1);
        }
        at += 1;
        if tokens[at - 1].is(';') {
            break;
        }
    }
    at
}

/// The bracket that closes the one at `at`.
fn matching(tokens: &[Token], at: usize, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        if token.is(open) {
            depth += 1;
        } else if token.is(close) {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

fn function(tokens: &[Token], at: usize) -> Option<Function> {
    let name = tokens.get(at + 1)?.word()?.to_owned();
    let before = (at..tokens.len()).find(|&index| tokens[index].is('('))?;
    let behind = matching(tokens, before, '(', ')')?;
    let open = body(tokens, behind)?;
    let close = tokens[open].is('{').then(|| matching(tokens, open, '{', '}')).flatten()?;
    let length = (tokens[close].line - tokens[open].line).saturating_sub(1);
    let (line, parameters, test) = (tokens[at].line, behind > before + 1, is_test(&tokens[..at]));
    Some(Function { name, line, length, parameters, test })
}

/// The brace that opens a body, or the semicolon in its place; one in `[u8; 2]` is neither.
fn body(tokens: &[Token], from: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(from + 1) {
        if token.is('[') {
            depth += 1;
        } else if token.is(']') {
            depth -= 1;
        } else if depth == 0 && (token.is('{') || token.is(';')) {
            return Some(at);
        }
    }
    None
}

/// Does an attribute that ends just before the function's own words name a test?
fn is_test(before: &[Token]) -> bool {
    let own = |token: &Token| matches!(token.word(), Some("pub" | "async" | "const" | "extern"));
    let mut rest = before;
    while let Some((_, less)) = rest.split_last().filter(|(last, _)| own(last)) {
        rest = less;
    }
    while rest.last().is_some_and(|token| token.is(']')) {
        let Some(start) = rest.iter().rposition(|token| token.is('#')) else { return false };
        let attribute = &rest[start..];
        if attribute.iter().any(|token| token.word().is_some_and(|word| word.ends_with("test"))) {
            return true;
        }
        rest = &rest[..start];
    }
    false
}

/// Reads one path or `use` tree at `at`; returns the index behind it.
fn path(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let mut names = prefix.to_vec();
    let Some(start) = tokens.get(at) else { return at };
    let line = start.line;
    while let Some(word) = tokens.get(at).and_then(Token::word) {
        names.push(word.to_owned());
        at += 1;
        if !(tokens.get(at).is_some_and(|t| t.is(':'))
            && tokens.get(at + 1).is_some_and(|t| t.is(':')))
        {
            break;
        }
        at += 2;
        if tokens.get(at).is_some_and(|token| token.is('{')) {
            return tree_of_paths(tokens, at + 1, &names, found);
        }
        if tokens.get(at).is_some_and(|token| token.is('*')) {
            names.push("*".to_owned());
            at += 1;
            break;
        }
    }
    if names.len() > prefix.len() {
        found.push((names, line));
    }
    at
}

/// Reads what stands between the braces of a `use` tree.
fn tree_of_paths(
    tokens: &[Token],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    while at < tokens.len() && !tokens[at].is('}') {
        at = path(tokens, at, prefix, found).max(at + 1);
    }
    at + 1
}

#[cfg(test)]
mod tests;
