//! The media type of a file, by the end of its name; and names that are safe to write.

use std::path::{Path, PathBuf};

/// The media type that a name suggests.
#[must_use]
pub fn type_of(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end).to_lowercase();
    match end.as_str() {
        "txt" | "md" | "log" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "json" => "application/json",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "mp4" => "video/mp4",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}

/// A name for a file in a folder, from a name that somebody else chose: without folders, control
/// characters and leading dots.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control()).collect();
    let kept = kept.trim_start_matches('.').trim();
    if kept.is_empty() { "attachment".to_owned() } else { kept.to_owned() }
}

/// The `number`-th choice of a name when those before it are taken: `plan.pdf`, `plan (1).pdf`.
fn numbered(name: &str, number: u32) -> String {
    if number == 0 {
        return name.to_owned();
    }
    match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() => format!("{stem} ({number}).{end}"),
        Some(_) | None => format!("{name} ({number})"),
    }
}

/// A place in the folder that is not taken.
#[must_use]
pub fn free_place(folder: &Path, name: &str, taken: impl Fn(&Path) -> bool) -> PathBuf {
    let mut places = (0..u32::MAX).map(|number| folder.join(numbered(name, number)));
    places.find(|place| !taken(place)).unwrap_or_else(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{free_place, numbered, safe_name, type_of};

    // row 32
    #[test]
    fn a_name_from_outside_stays_in_its_folder() {
        for (given, kept) in [
            ("plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\evil.exe", "evil.exe"),
            (".bashrc", "bashrc"),
            ("..", "attachment"),
            ("a\u{7}b", "ab"),
        ] {
            assert_eq!(safe_name(given), kept);
        }
        assert_eq!(numbered("plan.pdf", 2), "plan (2).pdf");
        assert_eq!(numbered("plan", 1), "plan (1)");
        let taken = |place: &Path| !place.ends_with("a (2).b");
        assert_eq!(free_place(Path::new("/x"), "a.b", taken), Path::new("/x/a (2).b"));
    }

    #[test]
    fn types_follow_names() {
        assert_eq!(type_of("A.WAV"), "audio/wav");
        assert_eq!(type_of("noend"), "application/octet-stream");
    }
}
