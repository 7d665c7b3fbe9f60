//! The text of an SMS as the network carries it: in the GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1) where that has all its letters, else in
//! UCS-2; and cut into segments where it is too long for one (3GPP TS 23.040, 9.2.3.24.1).
//!
//! SMSCs take the default alphabet unpacked, one septet a byte (SMPP 3.4, data_coding 0).

/// The default alphabet: each letter's place is its code. The one at 0x1B begins the second table.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const ESCAPE: u8 = 0x1b;
/// The second table.
const EXTENDED: [(char, u8); 10] = [
    ('\u{c}', 0x0a),
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2f),
    ('[', 0x3c),
    ('~', 0x3d),
    (']', 0x3e),
    ('|', 0x40),
    ('€', 0x65),
];

/// In what a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// One byte a septet.
    Gsm7,
    /// Two bytes a unit, the higher one first.
    Ucs2,
}

impl Alphabet {
    /// `data_coding` (SMPP 3.4, 5.2.19).
    pub fn data_coding(self) -> u8 {
        match self {
            Self::Gsm7 => 0,
            Self::Ucs2 => 8,
        }
    }

    /// Bytes of a message that is not cut: 160 septets or 140 bytes.
    fn alone(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 140,
        }
    }

    /// Bytes of a segment beside its header of six bytes, which take the room of seven septets.
    fn beside_header(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 134,
        }
    }
}

/// A text in segments.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// In which alphabet all are.
    pub alphabet: Alphabet,
    /// One or more, without headers.
    pub segments: Vec<Vec<u8>>,
}

/// Writes a text down.
pub fn write(text: &str) -> Written {
    let septets: Option<Vec<Vec<u8>>> = text.chars().map(septets).collect();
    let (alphabet, letters) = match septets {
        Some(letters) => (Alphabet::Gsm7, letters),
        None => (Alphabet::Ucs2, text.chars().map(units).collect()),
    };
    let most =
        if letters.iter().map(Vec::len).sum::<usize>() <= alphabet.alone() { alphabet.alone() } else { alphabet.beside_header() };
    let mut segments = vec![Vec::new()];
    for letter in letters {
        // A letter of several bytes is never cut in two.
        match segments.last_mut() {
            Some(last) if last.len() + letter.len() <= most => last.extend(letter),
            _ => segments.push(letter),
        }
    }
    Written { alphabet, segments }
}

fn septets(letter: char) -> Option<Vec<u8>> {
    if let Some(code) = BASIC.chars().position(|known| known == letter && known != char::from(ESCAPE)) {
        return u8::try_from(code).ok().map(|code| vec![code]);
    }
    EXTENDED.iter().find(|(known, _)| *known == letter).map(|(_, code)| vec![ESCAPE, *code])
}

fn units(letter: char) -> Vec<u8> {
    letter.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_standards() {
        assert_eq!(BASIC.chars().count(), 128);
        for (letter, code) in [
            ('@', 0),
            ('\n', 10),
            ('Δ', 16),
            (' ', 32),
            ('¤', 36),
            ('A', 65),
            ('Ñ', 93),
            ('¿', 96),
            ('a', 97),
            ('ñ', 125),
            ('à', 127),
        ] {
            assert_eq!(septets(letter), Some(vec![code]), "{letter}");
        }
        assert_eq!(septets('€'), Some(vec![0x1b, 0x65]));
        for foreign in ['á', 'í', 'ó', 'ú', 'ç', '\u{1b}', '`', '☎'] {
            assert_eq!(septets(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn one_letter_outside_makes_all_ucs_2() {
        assert_eq!(write("Clave ñ"), Written { alphabet: Alphabet::Gsm7, segments: vec![b"Clave }".to_vec()] });
        assert_eq!(write("áb"), Written { alphabet: Alphabet::Ucs2, segments: vec![vec![0, 0xe1, 0, 0x62]] });
        assert_eq!(write(""), Written { alphabet: Alphabet::Gsm7, segments: vec![vec![]] });
    }

    #[test]
    fn what_is_too_long_is_cut_and_no_letter_in_two() {
        let lengths = |text: String| write(&text).segments.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths("a".repeat(160)), [160]);
        assert_eq!(lengths("a".repeat(161)), [153, 8]);
        assert_eq!(lengths("a".repeat(307)), [153, 153, 1]);
        assert_eq!(lengths("€".repeat(80)), [160]);
        assert_eq!(lengths("€".repeat(81)), [152, 10], "an escape and its letter stay together");
        assert_eq!(lengths("á".repeat(70)), [140]);
        assert_eq!(lengths("á".repeat(71)), [134, 8]);
        assert_eq!(lengths(format!("{}😀😀", "á".repeat(66))), [140]);
        assert_eq!(lengths(format!("{}😀😀😀", "á".repeat(66))), [132, 12], "surrogates stay together");
    }
}
