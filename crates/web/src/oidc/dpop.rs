//! Proofs of possession as they come with a request (RFC 9449): one header, verified by `oidc`, each once on all nodes.

use std::time::Duration;

use clave::{Moment, once};
use oidc::{
    Code, Error,
    dpop::{self, Asked},
};

use super::api::{Call, DPOP, Problem};

/// The thumbprint of the key whose possession the request shows; none when it shows none. `path` is the endpoint's, `access_token` the one that comes
/// with it at a protected resource.
pub async fn shown(call: &Call, path: &str, access_token: Option<&str>) -> Result<Option<String>, Problem> {
    let mut proofs = call.headers.get_all(DPOP).iter();
    let Some(proof) = proofs.next() else { return Ok(None) };
    let wrong = |text: &'static str| Problem::from(Error::new(Code::InvalidDpopProof, text));
    if proofs.next().is_some() {
        return Err(wrong("send one DPoP header"));
    }
    let proof = proof.to_str().map_err(|_| wrong("the DPoP header is no proof"))?;
    let uri = format!("{}{path}", call.app.site.base_url);
    let asked = Asked { method: call.method.as_str(), uri: &uri, access_token };
    let cx = &call.cx;
    let proof = dpop::verify(proof, &asked, cx.now.seconds())?;
    // What was seen before a restore may have been forgotten by it.
    if !cx.clave.epoch.has(Moment::from_seconds(proof.issued_at), Duration::ZERO, cx.now) {
        return Err(wrong("the DPoP proof is too old: make one for each request"));
    }
    let mut tx = cx.clave.db.begin().await?;
    let first = once::claim(&mut tx, "dpop", &proof.jkt, &proof.jti, Moment::from_seconds(proof.expires())).await?;
    tx.commit().await?;
    if first { Ok(Some(proof.jkt)) } else { Err(wrong("the DPoP proof was used before: make one for each request")) }
}
