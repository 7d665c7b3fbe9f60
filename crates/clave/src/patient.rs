//! Work on many rows beside a running service: under heavy traffic the writer may be busy for longer than a request would wait, and what has come far
//! does not give up for that.

use std::time::Duration;

use sql::{Db, Statement};

use crate::fault::Fault;

const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// Runs the statements in one transaction, again where it could not be had; gives how many rows they touched.
pub(crate) async fn write(db: &Db, statements: &[Statement]) -> Result<u64, Fault> {
    let once = async || {
        let mut tx = db.begin().await?;
        let mut touched = 0;
        for statement in statements {
            touched += tx.run(statement.clone()).await?;
        }
        tx.commit().await?;
        Ok::<u64, Fault>(touched)
    };
    let mut tries = 0;
    loop {
        tries += 1;
        match once().await {
            Err(fault) if fault.is_passing() && tries < TRIES => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
}
