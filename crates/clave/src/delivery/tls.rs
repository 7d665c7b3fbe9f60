//! TLS to gateways and systems: version 1.2 and up, with the roots that this system trusts, or with one private authority in their place.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::fault::Fault;

/// What a client needs. `authority` is a PEM file: then it alone is trusted.
pub(super) fn client(authority: Option<&Path>) -> Result<ClientConfig, Fault> {
    let mut roots = RootCertStore::empty();
    match authority {
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        Some(path) => {
            let reading = "reading a gateway's root certificate";
            for certificate in CertificateDer::pem_file_iter(path).map_err(Fault::at(reading))? {
                roots.add(certificate.map_err(Fault::at(reading))?).map_err(Fault::at(reading))?;
            }
            if roots.is_empty() {
                return Err(Fault::new("a gateway's root certificate: the file has none in PEM"));
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Fault::at("preparing TLS"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
