//! A message as `submit_sm`: one for each segment, or one with the whole text beside it.

use std::str::FromStr as _;

use rusmpp::{
    pdus::SubmitSm,
    tlvs::MessageSubmissionRequestTlvValue as Value,
    types::{AnyOctetString, COctetString, OctetString},
    values::{DataCoding, EsmClass, MessagePayload, Npi, RegisteredDelivery, Ton, UserMessageReference},
};

use super::{Long, SmppSettings, text};
use crate::delivery::{Parcel, route::Trouble};

/// A message of more segments is none of ours.
const MOST_SEGMENTS: usize = 10;
/// `esm_class`: the text begins with a header (SMPP 3.4, 5.2.12).
const WITH_HEADER: u8 = 0b01_00_00_00;
/// `esm_class`: nothing of the kind. The library's default is another one.
const PLAIN: u8 = 0;
/// `registered_delivery`: tell how it ended, either way (5.2.17).
const TELL: u8 = 1;
/// A number as E.164 has it: international, ISDN (5.2.5, 5.2.6).
const INTERNATIONAL: u8 = 1;
const ISDN: u8 = 1;

/// The requests for a message, to be sent in this order. Only the last one asks for a receipt: it stands for all.
pub(super) fn requests(settings: &SmppSettings, parcel: &Parcel) -> Result<Vec<SubmitSm>, Trouble> {
    let written = text::write(&parcel.words.text);
    let count = written.segments.len();
    if count > MOST_SEGMENTS {
        return Err(Trouble::Refused("smpp: the text is too long".to_owned()));
    }
    let to =
        COctetString::from_str(parcel.to.trim_start_matches('+')).map_err(|_| Trouble::Final("smpp: not a number".to_owned()))?;
    let [first, second, ..] = parcel.id.0;
    let base = || {
        SubmitSm::builder()
            .source_addr_ton(Ton::from(settings.source_ton))
            .source_addr_npi(Npi::from(settings.source_npi))
            .source_addr(settings.source.clone())
            .dest_addr_ton(Ton::from(INTERNATIONAL))
            .dest_addr_npi(Npi::from(ISDN))
            .destination_addr(to.clone())
            .esm_class(EsmClass::from(PLAIN))
            .data_coding(DataCoding::from(written.alphabet.data_coding()))
    };
    let reference = settings
        .user_message_reference
        .then(|| Value::UserMessageReference(UserMessageReference::new(u16::from_be_bytes([first, second]))));
    if count > 1 && settings.long == Long::Payload {
        let payload = Value::MessagePayload(MessagePayload::new(AnyOctetString::from_vec(written.segments.concat())));
        let tlvs = std::iter::once(payload).chain(reference).collect();
        return Ok(vec![base().registered_delivery(RegisteredDelivery::from(TELL)).tlvs(tlvs).build()]);
    }
    let total = u8::try_from(count).unwrap_or(u8::MAX);
    let mut requests = Vec::with_capacity(count);
    for (number, segment) in (1_u8..).zip(&written.segments) {
        let mut request = base();
        let mut content = Vec::with_capacity(segment.len() + 6);
        if total > 1 {
            request = request.esm_class(EsmClass::from(WITH_HEADER));
            // The same at each try, so that segments of two tries make one message.
            content.extend([5, 0, 3, first, total, number]);
        }
        content.extend_from_slice(segment);
        let content = OctetString::from_vec(content).map_err(|_| Trouble::Refused("smpp: the text is too long".to_owned()))?;
        request = request.short_message(content).tlvs(reference.iter().cloned().collect());
        if number == total {
            request = request.registered_delivery(RegisteredDelivery::from(TELL));
        }
        requests.push(request.build());
    }
    Ok(requests)
}
