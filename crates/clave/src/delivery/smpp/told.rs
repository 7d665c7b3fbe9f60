//! What an SMSC tells in a `deliver_sm`: a receipt of a message that it took (SMPP 3.4, appendix B and 5.2.12), in optional parameters where it sends them, else in
//! the text that all of them write alike and none quite the same.

use rusmpp::{
    pdus::DeliverSm,
    tlvs::{Tlv, TlvValue},
    values::MessageState,
};

use crate::receipt::News;

/// How an SMSC writes the same id in its answer to a message and in the receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Alike.
    Same,
    /// Hexadecimal in the answer, decimal in the receipt.
    HexThenDecimal,
    /// Decimal in the answer, hexadecimal in the receipt.
    DecimalThenHex,
}

impl Ids {
    /// The id of the answer, as we keep it.
    pub fn of_answer(self, id: &str) -> String {
        match self {
            Self::Same => id.to_owned(),
            Self::HexThenDecimal => number(id, 16),
            Self::DecimalThenHex => number(id, 10),
        }
    }

    /// The id of a receipt, as we keep it.
    pub fn of_receipt(self, id: &str) -> String {
        match self {
            Self::Same => id.to_owned(),
            Self::HexThenDecimal => number(id, 10),
            Self::DecimalThenHex => number(id, 16),
        }
    }
}

/// Without leading zeros, whatever it was written in; an id that is no number is left as it is.
fn number(id: &str, radix: u32) -> String {
    u128::from_str_radix(id, radix).map_or_else(|_| id.to_owned(), |number| number.to_string())
}

/// What a `deliver_sm` means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A receipt that ends a message: the id as the receipt writes it.
    Ended(String, News),
    /// A receipt on the way, or none that names a message and its end.
    Nothing,
}

/// Bits 5 to 2 of `esm_class` for a receipt (SMPP 3.4, 5.2.12).
const RECEIPT: u8 = 0b00_00_01_00;
const TYPE: u8 = 0b00_11_11_00;

/// Reads one.
pub fn read(deliver: &DeliverSm) -> Told {
    let (mut id, mut state, mut payload) = (None, None, None);
    for value in deliver.tlvs().iter().filter_map(Tlv::value) {
        match value {
            TlvValue::ReceiptedMessageId(text) => id = Some(text.as_str().to_owned()),
            TlvValue::MessageState(known) => state = Some(*known),
            TlvValue::MessagePayload(bytes) => payload = Some(bytes.value.as_ref().to_vec()),
            _ => {}
        }
    }
    let class = u8::from(deliver.esm_class);
    if class & TYPE != RECEIPT && id.is_none() {
        return Told::Nothing;
    }
    let text = payload.unwrap_or_else(|| deliver.short_message().as_ref().to_vec());
    let text = String::from_utf8_lossy(&text);
    let word = |name: &str| field(&text, name);
    let Some(id) = id.or_else(|| word("id:")).filter(|id| super::super::sms_http::is_reference(id)) else { return Told::Nothing };
    let status = word("stat:").unwrap_or_default().to_ascii_uppercase();
    let status = match state {
        Some(MessageState::Delivered) => "DELIVRD",
        Some(MessageState::Expired) => "EXPIRED",
        Some(MessageState::Deleted) => "DELETED",
        Some(MessageState::Undeliverable) => "UNDELIV",
        Some(MessageState::Rejected) => "REJECTD",
        _ => status.as_str(),
    };
    match status {
        "DELIVRD" => Told::Ended(id, News::Delivered),
        "EXPIRED" | "DELETED" | "UNDELIV" | "REJECTD" => Told::Ended(id, News::Undelivered(problem(status, word("err:")))),
        _ => Told::Nothing,
    }
}

/// What follows a name up to the next blank. Some SMSCs write names in capitals.
fn field(text: &str, name: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let at = lower
        .match_indices(name)
        .find(|(at, _)| *at == 0 || lower.as_bytes().get(at - 1).is_some_and(u8::is_ascii_whitespace))?;
    let rest = text.get(at.0 + name.len()..)?;
    rest.split_whitespace().next().map(str::to_owned)
}

/// A state and the network's code; nothing else of what was written.
fn problem(status: &str, code: Option<String>) -> String {
    let code = code.filter(|code| code.len() <= 8 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    match code {
        Some(code) => format!("smpp receipt: {status} {code}"),
        None => format!("smpp receipt: {status}"),
    }
}

#[cfg(test)]
mod tests {
    use rusmpp::{
        tlvs::MessageDeliveryRequestTlvValue as Value,
        types::{COctetString, OctetString},
        values::EsmClass,
    };

    use super::*;

    fn deliver(class: u8, text: &str, tlvs: Vec<Value>) -> DeliverSm {
        let text = OctetString::from_slice(text.as_bytes()).unwrap();
        DeliverSm::builder().esm_class(EsmClass::from(class)).short_message(text).tlvs(tlvs).build()
    }

    fn ended(id: &str, news: News) -> Told {
        Told::Ended(id.to_owned(), news)
    }

    fn undelivered(problem: &str) -> News {
        News::Undelivered(format!("smpp receipt: {problem}"))
    }

    const USUAL: &str =
        "id:0000000A21 sub:001 dlvrd:001 submit date:2606151200 done date:2606151201 stat:DELIVRD err:000 text:Clave SENCE su";

    #[test]
    fn receipts_are_read_as_smscs_write_them() {
        let text = |text: &str| read(&deliver(4, text, Vec::new()));
        assert_eq!(text(USUAL), ended("0000000A21", News::Delivered));
        assert_eq!(text("ID:77 STAT:undeliv ERR:11"), ended("77", undelivered("UNDELIV 11")));
        assert_eq!(text("id:77 submit date:1 done date:2 stat:EXPIRED"), ended("77", undelivered("EXPIRED")));
        assert_eq!(text("id:77 stat:REJECTD err:call +56 9 1234"), ended("77", undelivered("REJECTD call")));
        assert_eq!(text("id:77 stat:REJECTD err:+56912345678"), ended("77", undelivered("REJECTD")), "no number gets into it");
        for passing in ["id:77 stat:ENROUTE", "id:77 stat:ACCEPTD err:000", "id:77 stat:UNKNOWN", "id:77", "stat:DELIVRD", ""] {
            assert_eq!(text(passing), Told::Nothing, "{passing}");
        }
    }

    #[test]
    fn optional_parameters_go_before_the_text() {
        let id = || Value::ReceiptedMessageId(COctetString::from_slice(b"a-1\0").unwrap());
        let state = Value::MessageState;
        assert_eq!(
            read(&deliver(4, USUAL, vec![id(), state(MessageState::Undeliverable)])),
            ended("a-1", undelivered("UNDELIV 000"))
        );
        assert_eq!(read(&deliver(0, "", vec![id(), state(MessageState::Delivered)])), ended("a-1", News::Delivered));
        assert_eq!(read(&deliver(4, "", vec![id(), state(MessageState::Enroute)])), Told::Nothing);
    }

    #[test]
    fn what_a_person_answers_is_no_receipt() {
        assert_eq!(read(&deliver(0, USUAL, Vec::new())), Told::Nothing);
        assert_eq!(read(&deliver(0b01_00_00_00, "id:1 stat:DELIVRD", Vec::new())), Told::Nothing);
    }

    #[test]
    fn ids_meet_however_they_are_written() {
        let meet = |ids: Ids, answer: &str, receipt: &str| ids.of_answer(answer) == ids.of_receipt(receipt);
        assert!(meet(Ids::Same, "0A21", "0A21") && !meet(Ids::Same, "0A21", "2593"));
        assert!(meet(Ids::HexThenDecimal, "0A21", "2593") && meet(Ids::HexThenDecimal, "a21", "0000002593"));
        assert!(meet(Ids::DecimalThenHex, "2593", "A21"));
        assert!(meet(Ids::HexThenDecimal, "x-1", "x-1"), "what is no number is compared as it is");
        assert!(!meet(Ids::HexThenDecimal, "0A21", "2594"));
    }
}
