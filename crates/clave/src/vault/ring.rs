//! The keys in memory, and what the database says about each.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    path::Path,
};

use super::{KeyBytes, KeyId, KeyName, PublicKey, Purpose, files, mac::mac, sign::public_half};
use crate::{fault::Fault, moment::Moment};

/// What the database says about one key: a public mark by which to know it, and where it is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Whose.
    pub name: KeyName,
    /// A MAC of a constant: tells the key from another of the same name, and nothing else.
    pub mark: [u8; 32],
    /// Since when it is used for new values; keys of earlier versions say zero.
    pub since: Moment,
    /// Since when its file may be gone.
    pub retired_at: Option<Moment>,
}

/// The keys of one purpose.
#[derive(Clone, Default)]
struct Ring {
    keys: BTreeMap<KeyId, KeyBytes>,
    /// Which one makes new values.
    current: KeyId,
}

/// Every key whose file was found, and the public halves of retired ones.
#[derive(Clone, Default)]
pub(super) struct Keys {
    rings: BTreeMap<Purpose, Ring>,
    public: BTreeMap<KeyId, PublicKey>,
    retired: BTreeSet<KeyName>,
}

impl Keys {
    /// Takes a key in; it makes new values only when the database says so.
    pub(super) fn add(&mut self, name: KeyName, key: KeyBytes) {
        self.rings.entry(name.purpose).or_default().keys.insert(name.id, key);
    }

    /// Until the database has a say, the highest numbers are in use.
    pub(super) fn use_newest(&mut self) {
        for ring in self.rings.values_mut() {
            ring.current = ring.keys.last_key_value().map_or(0, |(id, _)| *id);
        }
    }

    pub(super) fn get(&self, purpose: Purpose, id: KeyId) -> Option<&KeyBytes> {
        self.rings.get(&purpose)?.keys.get(&id)
    }

    /// The key for new values.
    pub(super) fn current(&self, purpose: Purpose) -> Option<(KeyId, &KeyBytes)> {
        let ring = self.rings.get(&purpose)?;
        Some((ring.current, ring.keys.get(&ring.current)?))
    }

    /// All keys of a purpose, the newest first: what is verified was most likely made with that.
    pub(super) fn of(&self, purpose: Purpose) -> impl Iterator<Item = (KeyId, &KeyBytes)> {
        self.rings.get(&purpose).into_iter().flat_map(|ring| ring.keys.iter().rev().map(|(id, key)| (*id, key)))
    }

    /// Every key in memory.
    pub(super) fn all(&self) -> impl Iterator<Item = (KeyName, &KeyBytes)> {
        self.rings
            .iter()
            .flat_map(|(purpose, ring)| ring.keys.iter().map(|(id, key)| (KeyName { purpose: *purpose, id: *id }, key)))
    }

    /// The public halves of retired audit keys.
    pub(super) fn public(&self) -> impl Iterator<Item = (KeyId, PublicKey)> {
        self.public.iter().map(|(id, key)| (*id, *key))
    }

    /// Reads the files that are new. What cannot be read, such as one that is being copied at this moment, keeps no other from being taken in.
    pub(super) fn read_new(&mut self, folder: &Path) -> Result<(), Fault> {
        let mut problem = None;
        for name in files::names(folder, ".key")? {
            if self.get(name.purpose, name.id).is_none() && !self.retired.contains(&name) {
                match files::key(folder, name) {
                    Ok(key) => self.add(name, key),
                    Err(fault) => problem = Some(fault),
                }
            }
        }
        for name in files::names(folder, ".pub")?.into_iter().filter(|name| name.purpose == Purpose::Audit) {
            if let Entry::Vacant(place) = self.public.entry(name.id) {
                match files::public_half(folder, name) {
                    Ok(key) => drop(place.insert_entry(key)),
                    Err(fault) => problem = Some(fault),
                }
            }
        }
        problem.map_or(Ok(()), Err)
    }

    /// Takes over what the database says. A node that lacks the newest key goes on writing with one that every node can read.
    ///
    /// # Errors
    /// Names the file that is missing or another installation's; everything else has been taken over all the same.
    pub(super) fn obey(&mut self, marks: &[Mark]) -> Result<(), Fault> {
        let mut problem = None;
        let mut newest: BTreeMap<Purpose, KeyId> = BTreeMap::new();
        for Mark { name, mark, retired_at, .. } in marks {
            if retired_at.is_some() {
                self.retire(*name)?;
                continue;
            }
            match self.get(name.purpose, name.id) {
                None => problem = Some(format!("{name}.key is missing: copy it there from the backup or from another node")),
                Some(key) if mark_of(key) != *mark => {
                    problem = Some(format!(
                        "{name}.key is not the one this database was used with; put the right one into the secrets folder"
                    ));
                    self.remove(*name);
                }
                Some(_) => {
                    let id = newest.entry(name.purpose).or_default();
                    *id = name.id.max(*id);
                }
            }
        }
        for (purpose, id) in newest {
            self.rings.entry(purpose).or_default().current = id;
        }
        problem.map_or(Ok(()), |problem| Err(Fault::at("comparing the secrets folder with the database")(problem)))
    }

    /// Forgets a key; of one that signed, the public half stays.
    fn retire(&mut self, name: KeyName) -> Result<(), Fault> {
        let gone = self.remove(name);
        if let (Purpose::Audit, Some(seed)) = (name.purpose, gone) {
            self.public.insert(name.id, public_half(&seed)?);
        }
        self.retired.insert(name);
        Ok(())
    }

    fn remove(&mut self, name: KeyName) -> Option<KeyBytes> {
        self.rings.get_mut(&name.purpose)?.keys.remove(&name.id)
    }
}

/// A public mark of a key.
pub(super) fn mark_of(key: &KeyBytes) -> [u8; 32] {
    mac(key, "mark", &[])
}
