//! The files of the browser client: where they come from, their types, tags and packings.
//!
//! The executable embeds them; it hands in two functions, so that this crate knows no build
//! folder. What a file is called decides how long a browser may keep it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::code::hex;

/// Smaller files are not worth packing, bytes.
const PACK_FROM: usize = 1_024;

/// One file of the browser client.
#[derive(Clone, Debug)]
pub struct File {
    /// Its content.
    pub data: Cow<'static, [u8]>,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

/// Where the files of the browser client come from.
#[derive(Clone, Copy, Debug)]
pub struct Assets {
    /// Every path, without a leading slash.
    pub list: fn() -> Vec<String>,
    /// The file at a path.
    pub get: fn(&str) -> Option<File>,
}

impl Assets {
    /// No browser client at all.
    pub const NONE: Self = Self { list: Vec::new, get: |_| None };
}

/// A file made ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    sha256: [u8; 32],
    /// Its media type.
    pub(crate) media: &'static str,
    /// Its tag, in quotes. Weak, for the packed form has the same.
    pub(crate) etag: String,
    /// As it is.
    pub(crate) plain: Bytes,
    packed: Arc<OnceLock<Option<Bytes>>>,
    /// For how long it may be kept.
    pub(crate) keep: &'static str,
}

/// All files. Each is packed once, when it is first asked for: the start does not wait for that.
#[derive(Debug)]
pub(crate) struct Shelf {
    assets: Assets,
    ready: BTreeMap<String, Ready>,
}

impl Shelf {
    /// Looks at every file. A debug build reads the disk: not for a thread that others wait for.
    pub(crate) fn fill(assets: Assets) -> Self {
        let ready = (assets.list)().into_iter().filter_map(|path| {
            let file = (assets.get)(&path)?;
            let ready = Ready::of(&path, file);
            Some((path, ready))
        });
        Self { assets, ready: ready.collect() }
    }

    /// The file at a path, as it is now: a debug build reads the disk, where it may have changed.
    pub(crate) fn file(&self, path: &str) -> Option<Ready> {
        let file = (self.assets.get)(path)?;
        match self.ready.get(path) {
            Some(ready) if ready.sha256 == file.sha256 => Some(ready.clone()),
            Some(_) | None => Some(Ready::of(path, file)),
        }
    }
}

impl Ready {
    /// A file of this crate's own.
    pub(crate) fn of(path: &str, file: File) -> Self {
        let plain = match file.data {
            Cow::Borrowed(data) => Bytes::from_static(data),
            Cow::Owned(data) => Bytes::from(data),
        };
        let media = media_type(path);
        Self {
            sha256: file.sha256,
            media,
            etag: format!("W/\"{}\"", hex(&file.sha256[..16])),
            packed: Arc::default(),
            plain,
            keep: if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" },
        }
    }

    /// Packed by gzip, where that makes it smaller. Takes a while the first time: not for a thread
    /// that others wait for.
    pub(crate) fn gzip(&self) -> Option<Bytes> {
        self.packed.get_or_init(|| packs(self.media).then(|| gzip(&self.plain)).flatten()).clone()
    }

    /// Has the browser this file already, as the header If-None-Match says?
    pub(crate) fn is_known(&self, if_none_match: &str) -> bool {
        if_none_match.split(',').map(str::trim).any(|tag| {
            tag == "*" || tag.trim_start_matches("W/") == self.etag.trim_start_matches("W/")
        })
    }
}

/// The media type by the end of the name.
fn media_type(path: &str) -> &'static str {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    match end {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wav" => "audio/wav",
        "ogg" | "opus" => "audio/ogg",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn packs(media: &str) -> bool {
    let packed = ["image/png", "image/jpeg", "image/webp", "font/woff2", "audio/ogg"];
    !packed.contains(&media)
}

fn gzip(plain: &[u8]) -> Option<Bytes> {
    if plain.len() < PACK_FROM {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < plain.len()).then(|| Bytes::from(packed))
}

/// Does the name bear a hash of the content, such as `app-0f3a9c21.js`? Only then it never changes.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let mut parts = name.split(['-', '.']).skip(1);
    parts.any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Does the header Accept-Encoding take gzip?
pub(crate) fn takes_gzip(accept: &str) -> bool {
    accept.split(',').any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        matches!(name.trim(), "gzip" | "*") && !refused
    })
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::io::Read;

    use super::{Assets, File, Ready, Shelf, is_hashed, media_type, takes_gzip};

    fn file(text: &'static str) -> File {
        File { data: Cow::Borrowed(text.as_bytes()), sha256: [9; 32] }
    }

    #[test]
    fn types_are_what_browsers_insist_on() {
        assert_eq!(media_type("pkg/client_bg.wasm"), "application/wasm");
        assert_eq!(media_type("app.js"), "text/javascript; charset=utf-8");
        assert_eq!(media_type("manifest.webmanifest"), "application/manifest+json");
        assert_eq!(media_type("LICENSE"), "application/octet-stream");
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        for path in ["app-0f3a9c21.js", "pkg/client.0123456789ab.wasm"] {
            assert!(is_hashed(path), "{path}");
        }
        for path in ["index.html", "app.js", "deadbeef.js", "voice-worklet.js", "0123-abc/app.js"] {
            assert!(!is_hashed(path), "{path}");
        }
    }

    #[test]
    fn a_long_text_is_packed_and_unpacks_to_itself() {
        let text = "instant voice message ".repeat(200);
        let ready =
            Ready::of("a.js", File { data: Cow::Owned(text.clone().into()), sha256: [1; 32] });
        let packed = ready.gzip().expect("it is smaller");
        let mut back = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut back).expect("gzip");
        assert_eq!(back, text);
        let again = ready.clone().gzip().expect("it is kept");
        assert_eq!(again.as_ptr(), packed.as_ptr(), "it is packed once");
        assert!(Ready::of("a.js", file("short")).gzip().is_none());
        assert!(Ready::of("a.png", file("short")).gzip().is_none());
    }

    #[test]
    fn a_known_tag_is_recognised_in_any_form() {
        let ready = Ready::of("a.js", file("x"));
        assert!(ready.is_known(&ready.etag));
        assert!(ready.is_known(&format!("\"other\", {}", ready.etag.trim_start_matches("W/"))));
        assert!(ready.is_known("*"));
        assert!(!ready.is_known("\"other\""));
    }

    #[test]
    fn encodings_are_read_with_their_quality() {
        assert!(takes_gzip("gzip, deflate, br"));
        assert!(takes_gzip("br;q=1.0, gzip;q=0.8"));
        assert!(!takes_gzip("gzip;q=0, identity"));
        assert!(!takes_gzip("identity"));
    }

    #[test]
    fn the_shelf_has_what_was_given() {
        let assets = Assets {
            list: || vec!["a.js".to_owned()],
            get: |path| (path == "a.js").then(|| file("x")),
        };
        let shelf = Shelf::fill(assets);
        assert_eq!(shelf.file("a.js").map(|ready| ready.plain.len()), Some(1));
        assert!(shelf.file("../a.js").is_none());
        assert!(Shelf::fill(Assets::NONE).file("a.js").is_none());
    }
}
