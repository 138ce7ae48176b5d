//! Rust as tokens with their lines: enough to find functions, paths and attributes without being
//! misled by what stands in strings and comments.

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Word(String),
    Mark(char),
    /// A string, a character, a number.
    Literal,
    Lifetime,
}

impl Token {
    pub(crate) fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            Kind::Mark(_) | Kind::Literal | Kind::Lifetime => None,
        }
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
}

/// The tokens of a source text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text, line: 1, tokens: Vec::new() };
    while let Some(first) = lexer.rest.chars().next() {
        lexer.one(first);
    }
    lexer.tokens
}

struct Lexer<'t> {
    rest: &'t str,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn one(&mut self, first: char) {
        if self.rest.starts_with("//") {
            self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.skip(block_comment(self.rest));
        } else if let Some(length) = string(self.rest).or_else(|| character(self.rest)) {
            self.take(Kind::Literal, length);
        } else if first == '\'' {
            self.take(Kind::Lifetime, 1 + word_length(&self.rest[1..]));
        } else if first.is_alphabetic() || first == '_' {
            let raw = if self.rest.starts_with("r#") { 2 } else { 0 };
            let length = raw + word_length(&self.rest[raw..]);
            let word = self.rest[raw..length].to_owned();
            self.take(Kind::Word(word), length);
        } else if first.is_ascii_digit() {
            self.take(Kind::Literal, word_length(self.rest));
        } else if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else {
            self.take(Kind::Mark(first), first.len_utf8());
        }
    }

    fn take(&mut self, kind: Kind, length: usize) {
        self.tokens.push(Token { kind, line: self.line });
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        let (gone, rest) = self.rest.split_at(length);
        self.line += gone.matches('\n').count();
        self.rest = rest;
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// The length of a block comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a string of any sort, if one starts here.
fn string(text: &str) -> Option<usize> {
    let prefix = text.find(|c| !matches!(c, 'b' | 'c' | 'r')).filter(|length| *length <= 2)?;
    let raw = text[..prefix].contains('r');
    let rest = &text[prefix..];
    let hashes = if raw { rest.len() - rest.trim_start_matches('#').len() } else { 0 };
    let inside = rest[hashes..].strip_prefix('"')?;
    let start = prefix + hashes + 1;
    if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(inside.find(&end).map_or(text.len(), |at| start + at + end.len()));
    }
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(start + at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// The length of a character in quotes, or of a byte; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('b').unwrap_or(text).strip_prefix('\'')?;
    let start = text.len() - inside.len();
    let first = inside.chars().next()?;
    let behind = start + first.len_utf8();
    if first == '\\' {
        let escaped = text[behind..].chars().next()?.len_utf8();
        return Some(
            text[behind + escaped..].find('\'').map_or(text.len(), |at| behind + escaped + at + 1),
        );
    }
    text[behind..].starts_with('\'').then_some(behind + 1)
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    fn words(text: &str) -> Vec<String> {
        tokens(text).iter().filter_map(|token| token.word().map(str::to_owned)).collect()
    }

    #[test]
    fn strings_and_comments_hide_what_they_hold() {
        let text = r##"a /* b /* c */ d */ "e \" f" r#"g " h"# b"i" 'j' '\'' b'\\' // k
            'l m br"n" c"o" r#type x'"##;
        let kinds = tokens(text);
        assert_eq!(words(text), ["a", "m", "type", "x"]);
        assert_eq!(kinds.iter().filter(|token| token.kind == Kind::Lifetime).count(), 2);
        assert_eq!(kinds.iter().filter(|token| token.kind == Kind::Literal).count(), 8);
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let found = tokens("a\n/* \n */ \"\n\" b\nc");
        let lines: Vec<usize> = found.iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 3, 4, 5]);
    }

    #[test]
    fn a_text_that_ends_too_early_ends_the_tokens() {
        for text in ["\"", "/*", "'", "r#\"", "b'", "'\\", "1.", "'\\n"] {
            tokens(text);
        }
    }
}
