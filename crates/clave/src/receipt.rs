//! What gateways tell of a message after they took it: it arrived, or it never will.
//!
//! A receipt may come to any node, more than once, and before the row of its message says that it was handed over.

use std::sync::Arc;

use sql::sql;

use crate::{cx::Clave, delivery::Handle, fault::Fault};

/// One receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Which message of which gateway.
    pub of: Handle,
    /// What became of it.
    pub news: News,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// It arrived.
    Delivered,
    /// It did not, and the gateway tries no more. Why, in a code of the gateway's: never an address or a text.
    Undelivered(String),
}

/// Takes receipts in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Receipts(Arc<Clave>);

impl Receipts {
    /// Of this product.
    pub fn new(clave: Arc<Clave>) -> Self {
        Self(clave)
    }

    /// Notes one. When this returns the gateway may forget it.
    ///
    /// # Errors
    /// It is not noted: the gateway should tell it again.
    pub async fn receive(&self, receipt: &Receipt) -> Result<(), Fault> {
        let clave = &self.0;
        let now = clave.clock.now();
        let (news, problem) = match &receipt.news {
            News::Delivered => ("delivered", None),
            News::Undelivered(problem) => ("undelivered", Some(problem.as_str())),
        };
        let mut tx = clave.db.begin().await?;
        tx.run(sql!(
            "INSERT INTO receipt (gateway, reference, news, problem, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            receipt.of.gateway.as_str(),
            receipt.of.reference.as_str(),
            news,
            problem,
            now
        ))
        .await?;
        tx.commit().await?;
        Ok(())
    }
}
