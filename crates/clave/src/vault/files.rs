//! The secrets folder: one file a key, 64 hexadecimal digits, readable by its owner alone.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use super::{KeyBytes, KeyName, PublicKey, hex};
use crate::fault::Fault;

fn reading<E: Into<Box<dyn std::error::Error + Send + Sync>>>() -> impl FnOnce(E) -> Fault {
    Fault::at("reading the secrets folder")
}

/// The names of the folder's files that end like this; none where there is no folder.
pub(super) fn names(folder: &Path, ending: &str) -> Result<Vec<KeyName>, Fault> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(reading()(e)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(reading())?.file_name();
        names.extend(name.to_str().and_then(|name| KeyName::parse(name.strip_suffix(ending)?)));
    }
    Ok(names)
}

/// Reads a key.
pub(super) fn key(folder: &Path, name: KeyName) -> Result<KeyBytes, Fault> {
    read(folder, &format!("{name}.key"))
}

/// Reads the public half of a retired audit key.
pub(super) fn public_half(folder: &Path, name: KeyName) -> Result<PublicKey, Fault> {
    Ok(PublicKey(*read(folder, &format!("{name}.pub"))?))
}

fn read(folder: &Path, file: &str) -> Result<KeyBytes, Fault> {
    let path = folder.join(file);
    let why = |why: &str| reading()(format!("{}: {why}", path.display()));
    let text = zeroize::Zeroizing::new(fs::read_to_string(&path).map_err(|error| why(&error.to_string()))?);
    from_hex(text.trim()).ok_or_else(|| why("not 64 hexadecimal digits"))
}

/// Writes a key, unless there is one of that name, and makes it durable: nothing may be sealed with a key that a power cut takes away.
pub(super) fn write_key(folder: &Path, name: KeyName, key: &KeyBytes) -> Result<(), Fault> {
    let text = zeroize::Zeroizing::new(hex(key.as_ref()));
    write(folder, &format!("{name}.key"), text.as_bytes()).map_err(Fault::at("writing a key into the secrets folder"))
}

/// Writes the public half of an audit key beside it.
pub(super) fn write_public_half(folder: &Path, name: KeyName, key: &PublicKey) -> Result<(), Fault> {
    write(folder, &format!("{name}.pub"), hex(&key.0).as_bytes())
        .map_err(Fault::at("writing a public key into the secrets folder"))
}

fn write(folder: &Path, file: &str, bytes: &[u8]) -> io::Result<()> {
    let path = folder.join(file);
    place_private(&path, bytes)?;
    give_to_owner_of(folder, &path)?;
    fs::File::open(folder)?.sync_all()
}

/// Makes the folder.
pub(super) fn make(folder: &Path) -> Result<(), Fault> {
    make_private_folder(folder).map_err(Fault::at("making the secrets folder"))
}

/// An administrator who rotates a key as root must not leave one that the service's user cannot read.
#[cfg(unix)]
fn give_to_owner_of(folder: &Path, file: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let (folder, now) = (fs::metadata(folder)?, fs::metadata(file)?);
    if (folder.uid(), folder.gid()) == (now.uid(), now.gid()) || now.uid() != 0 {
        return Ok(());
    }
    std::os::unix::fs::chown(file, Some(folder.uid()), Some(folder.gid()))
}

#[cfg(not(unix))]
fn give_to_owner_of(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

fn from_hex(text: &str) -> Option<KeyBytes> {
    let mut key = zeroize::Zeroizing::new([0_u8; 32]);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(key)
}

/// Makes a folder that only its owner may enter.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a new file that only its owner may read, whole and durable; an existing one is left alone and is an error.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A private file that is there whole or not at all; one that is there already stays.
fn place_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension(format!("unfinished-{}", std::process::id()));
    let _ = fs::remove_file(&unfinished);
    write_private(&unfinished, bytes)?;
    let placed = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    placed.or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
}
