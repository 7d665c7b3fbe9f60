//! Style sheet, script, icon and the installation's logo. Their names carry their hash, so browsers keep them for ever and still see
//! every change.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Path as Name, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use clave::Fault;
use rust_embed::RustEmbed;

use super::errors::Failure;
use crate::{App, paths};

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const A_DAY: &str = "public, max-age=86400";

#[derive(RustEmbed)]
#[folder = "../../assets"]
struct Embedded;

#[derive(Debug)]
struct Asset {
    body: Bytes,
    kind: &'static str,
}

/// All static files, by their hashed names.
#[derive(Debug)]
pub struct Assets {
    files: BTreeMap<String, Asset>,
    addresses: BTreeMap<String, Arc<str>>,
    logo: Option<Arc<str>>,
}

impl Assets {
    /// Hashes the embedded files, and the logo where there is one.
    pub fn load(logo: Option<&Path>) -> Result<Self, Fault> {
        let mut assets = Self { files: BTreeMap::new(), addresses: BTreeMap::new(), logo: None };
        for name in Embedded::iter() {
            if let Some(file) = Embedded::get(&name) {
                assets.add(&name, without_comments(&name, file.data.into_owned()).into());
            }
        }
        if let Some(path) = logo {
            let body = std::fs::read(path).map_err(Fault::at("reading the logo file of the institution"))?;
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
            assets.logo = Some(assets.add(&format!("logo.{extension}"), Bytes::from(body)));
        }
        Ok(assets)
    }

    /// The address of a file of `assets/`.
    pub fn address(&self, name: &str) -> Arc<str> {
        self.addresses.get(name).map_or_else(|| Arc::from(""), Arc::clone)
    }

    /// The address of the institution's logo.
    pub fn logo(&self) -> Option<Arc<str>> {
        self.logo.clone()
    }

    fn add(&mut self, name: &str, body: Bytes) -> Arc<str> {
        let hash = clave::vault::hex(clave::vault::sha256(&body).get(..6).unwrap_or_default());
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let hashed = format!("{stem}.{hash}.{extension}");
        let address: Arc<str> = format!("/assets/{hashed}").into();
        self.files.insert(hashed, Asset { body, kind: kind(extension) });
        self.addresses.insert(name.to_owned(), Arc::clone(&address));
        address
    }
}

/// Style sheet and script without the comments that stand on lines of their own and without indentation: a tenth of what a first visit loads.
fn without_comments(name: &str, body: Vec<u8>) -> Vec<u8> {
    let text = match String::from_utf8(body) {
        Ok(text) if matches!(name.rsplit_once('.'), Some((_, "css" | "js"))) => text,
        Ok(other) => return other.into_bytes(),
        Err(not_text) => return not_text.into_bytes(),
    };
    let mut inside = false;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let bare = line.trim();
        let opens = bare.starts_with("/*");
        if !inside && !opens && !bare.starts_with("//") && !bare.is_empty() {
            kept.push_str(bare);
            kept.push('\n');
        }
        inside = (inside || opens) && !bare.ends_with("*/");
    }
    kept.into_bytes()
}

fn kind(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        _ => "application/octet-stream",
    }
}

/// Their addresses.
pub fn routes() -> Router<App> {
    Router::new().route("/assets/{name}", get(file)).route(paths::Favicon::ROUTE, get(favicon))
}

async fn file(State(app): State<App>, Name(name): Name<String>) -> Result<Response, Failure> {
    let asset = app.assets.files.get(&name).ok_or(Failure::NotFound)?;
    Ok(answer(asset, FOR_EVER))
}

async fn favicon(State(app): State<App>) -> Result<Response, Failure> {
    let address = app.assets.address("icon.svg");
    let name = address.strip_prefix("/assets/").ok_or(Failure::NotFound)?;
    Ok(answer(app.assets.files.get(name).ok_or(Failure::NotFound)?, A_DAY))
}

fn answer(asset: &Asset, keep: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    (headers, asset.body.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_on_lines_of_their_own_stay_here() {
        let sheet = "/* One\n   two */\n:root { color: red }\n\n  /* three */\na { b: url(//x) } /* four */\n";
        let kept = ":root { color: red }\na { b: url(//x) } /* four */\n";
        assert_eq!(without_comments("portal.css", sheet.into()), kept.as_bytes());
        let script = "// One\nif (b)\n  a = 'http://x';\n  // two\n";
        assert_eq!(without_comments("portal.js", script.into()), b"if (b)\na = 'http://x';\n");
        assert_eq!(without_comments("icon.svg", script.into()), script.as_bytes());
    }
}
