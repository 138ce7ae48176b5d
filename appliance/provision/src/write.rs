//! Keys and values as bytes, in each format. Escaping is here and nowhere else.

use zeroize::Zeroizing;

use crate::fill::{Facts, Value};
use crate::profile::{Format, Lines, Quote, Sheet};
use crate::render::Unwritable;

/// More than the longest file that a profile can make, so that no secret is left behind by growing.
const ROOM: usize = 16 * 1024;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A sheet, filled and written.
pub(crate) fn write(
    sheet: &'static Sheet,
    facts: Facts<'_>,
) -> Result<Zeroizing<String>, Unwritable> {
    let mut out = Zeroizing::new(String::with_capacity(ROOM));
    match &sheet.format {
        Format::Elements { root } => elements(&mut out, root, fields(sheet, facts)),
        Format::Attributes { open } => attributes(&mut out, open, fields(sheet, facts)),
        Format::Settings => settings(&mut out, fields(sheet, facts)),
        Format::Lines(lines) => {
            out.push_str(lines.head);
            for (key, value) in fields(sheet, facts) {
                line(&mut out, lines, key, value)?;
            }
        }
    }
    Ok(out)
}

/// Keys with their values; none is a blank.
fn fields<'f>(
    sheet: &'static Sheet,
    facts: Facts<'f>,
) -> impl Iterator<Item = (&'static str, Option<Value>)> + 'f {
    sheet.fields.iter().filter_map(move |(key, template)| match template.strip_prefix('?') {
        Some(template) => facts.fill(template).map(|value| (*key, Some(value))),
        None => Some((*key, facts.fill(template))),
    })
}

fn text(value: &Option<Value>) -> &str {
    value.as_ref().map_or("", |value| value.text.as_str())
}

fn elements(
    out: &mut String,
    root: &'static str,
    fields: impl Iterator<Item = (&'static str, Option<Value>)>,
) {
    out.push_str(DECLARATION);
    let mut open: Vec<&str> = Vec::new();
    step(out, &mut open, &[root]);
    for (key, value) in fields {
        let mut path: Vec<&str> = vec![root];
        path.extend(key.split('/'));
        let leaf = path.pop().unwrap_or_default();
        let attribute = leaf.split_once('@');
        if attribute.is_some() && text(&value).is_empty() {
            continue;
        }
        step(out, &mut open, &path);
        indent(out, open.len());
        if let Some((name, attribute)) = attribute {
            out.push_str(&format!("<{name} {attribute}=\""));
            escape(out, text(&value));
            out.push_str("\"/>\n");
        } else {
            out.push_str(&format!("<{}>", leaf.replace('\'', "\"")));
            escape(out, text(&value));
            out.push_str(&format!("</{}>\n", name(leaf)));
        }
    }
    step(out, &mut open, &[]);
}

/// Closes and opens elements until exactly those of the path are open.
fn step<'p>(out: &mut String, open: &mut Vec<&'p str>, path: &[&'p str]) {
    let shared = open.iter().zip(path).take_while(|(a, b)| a == b).count();
    while open.len() > shared {
        let last = open.pop().unwrap_or_default();
        indent(out, open.len());
        out.push_str(&format!("</{}>\n", name(last)));
    }
    for part in &path[shared..] {
        indent(out, open.len());
        out.push_str(&format!("<{}>\n", part.replace('\'', "\"")));
        open.push(part);
    }
}

/// An element's name without its attributes.
fn name(element: &str) -> &str {
    element.split(' ').next().unwrap_or(element)
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn attributes(
    out: &mut String,
    open: &[&str],
    fields: impl Iterator<Item = (&'static str, Option<Value>)>,
) {
    let Some((last, outer)) = open.split_last() else { return };
    out.push_str(DECLARATION);
    for element in outer {
        out.push_str(&format!("<{element}>\n"));
    }
    out.push_str(&format!("<{last}"));
    for (key, value) in fields {
        out.push_str(&format!("\n  {key}=\""));
        escape(out, text(&value));
        out.push('"');
    }
    out.push_str("\n/>\n");
    for element in outer.iter().rev() {
        out.push_str(&format!("</{element}>\n"));
    }
}

fn settings(out: &mut String, fields: impl Iterator<Item = (&'static str, Option<Value>)>) {
    out.push_str(DECLARATION);
    out.push_str("<settings>\n");
    for (key, value) in fields {
        out.push_str(&format!("  <setting id=\"{key}\" value=\""));
        escape(out, text(&value));
        out.push_str("\" />\n");
    }
    out.push_str("</settings>\n");
}

/// Text in XML, in an element or an attribute.
/// Writes a text so that it changes no structure.
pub(crate) fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
}

fn line(
    out: &mut String,
    lines: &Lines,
    key: &'static str,
    value: Option<Value>,
) -> Result<(), Unwritable> {
    let forbidden = |c: char| lines.forbidden.contains(c);
    let is_secret = value.as_ref().is_some_and(|value| value.is_secret);
    let value = text(&value);
    if is_secret && value.contains(forbidden) {
        return Err(Unwritable::Secret { key });
    }
    let is_quoted = match lines.quote {
        Quote::Never => false,
        Quote::Always => true,
        Quote::AroundHash => value.contains('#'),
    };
    out.push_str(lines.before);
    out.push_str(key);
    out.push_str(lines.between);
    if is_quoted {
        out.push('"');
    }
    if value.is_empty() {
        out.push_str(lines.blank);
    }
    for c in value.chars() {
        out.push(if forbidden(c) { '\'' } else { c });
    }
    if is_quoted {
        out.push('"');
    }
    // A key without a value ends without a blank behind it.
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
    Ok(())
}
