//! The regions and comunas of Chile by CUT code. A comuna belongs to one region, and its code says which.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A region: CUT code of two digits and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// `01` … `16`.
    pub code: &'static str,
    /// «Región de …».
    pub name: &'static str,
    /// Its comunas by name.
    pub comunas: Vec<Comuna>,
}

/// A comuna: CUT code of five digits and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comuna {
    /// `13101`; the first two digits are the region's.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// The code of a comuna that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ComunaId(Comuna);

static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(read);

/// Every region from north to south.
pub fn regions() -> &'static [Region] {
    &REGIONS
}

/// The region with this code.
pub fn region(code: &str) -> Option<&'static Region> {
    regions().iter().find(|region| region.code == code)
}

/// The comuna with this code.
pub fn comuna(code: &str) -> Option<ComunaId> {
    regions().iter().flat_map(|region| &region.comunas).find(|comuna| comuna.code == code).copied().map(ComunaId)
}

impl ComunaId {
    /// CUT code.
    pub fn code(self) -> &'static str {
        self.0.code
    }

    /// Name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The code of its region.
    pub fn region_code(self) -> &'static str {
        self.0.code.get(..2).unwrap_or_default()
    }

    /// The name of its region.
    pub fn region_name(self) -> &'static str {
        region(self.region_code()).map_or("", |region| region.name)
    }
}

impl TryFrom<String> for ComunaId {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        comuna(&code).ok_or("no comuna has this code")
    }
}

impl From<ComunaId> for String {
    fn from(id: ComunaId) -> Self {
        id.code().to_owned()
    }
}

/// From north to south, as Chileans list them: the file has them in that order.
fn read() -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    for line in include_str!("../data/comunas.csv").lines().skip(1) {
        let mut fields = line.split(',');
        let (Some(code), Some(name), Some(comuna), Some(comuna_name)) =
            (fields.next(), fields.next(), fields.nth(2), fields.next())
        else {
            continue;
        };
        let comuna = Comuna { code: comuna, name: comuna_name };
        match regions.iter_mut().find(|region| region.code == code) {
            Some(region) => region.comunas.push(comuna),
            None => regions.push(Region { code, name, comunas: vec![comuna] }),
        }
    }
    for region in &mut regions {
        region.comunas.sort_by_key(|comuna| sort_key(comuna.name));
    }
    regions
}

/// Alphabetical as people read: accents do not count.
fn sort_key(name: &str) -> String {
    crate::person::plain_letters(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sixteen_regions_and_346_comunas_are_there() {
        assert_eq!(regions().len(), 16);
        assert_eq!(regions().iter().map(|region| region.comunas.len()).sum::<usize>(), 346);
        for region in regions() {
            assert_eq!(region.code.len(), 2);
            for place in &region.comunas {
                assert_eq!((place.code.len(), &place.code[..2]), (5, region.code), "{}", place.name);
            }
        }
        assert_eq!(comuna("13101").unwrap().name(), "Santiago");
        assert_eq!(comuna("13101").unwrap().region_name(), "Región Metropolitana de Santiago");
        assert_eq!(comuna("99999"), None);
    }
}
