//! Numbers for the operators, on a listener of their own: what they say about the service is nobody else's business.

use std::{future::Future, sync::Arc};

use axum::{Router, routing::get};
use clave::Fault;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::{kit::serve, site::Site};

/// Seconds. Pages take milliseconds; a hash takes tens of them; beyond five seconds nobody waits.
const BUCKETS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Seconds from the moment a message was made until a gateway took it: what a person waits for is late after ten minutes, a notice after hours.
const HANDED_OVER: [f64; 9] = [1.0, 2.5, 5.0, 15.0, 60.0, 180.0, 600.0, 3600.0, 21_600.0];

/// What was counted so far.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins to count. Once a process: the `metrics` crate has one place where counts go.
    pub fn install() -> Result<Self, Fault> {
        let starting = "starting the metrics";
        PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .and_then(|builder| {
                let messages = Matcher::Full("clavero_messages_handed_over_seconds".to_owned());
                builder.set_buckets_for_metric(messages, &HANDED_OVER)
            })
            .and_then(PrometheusBuilder::install_recorder)
            .map(Self)
            .map_err(Fault::at(starting))
    }

    /// Serves `/metrics` until `shutdown`.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
        let router = Router::new().route(
            "/metrics",
            get(async move || {
                self.0.run_upkeep();
                ([("content-type", "text/plain; version=0.0.4; charset=utf-8")], self.0.render())
            }),
        );
        serve::run(router, Arc::new(Site::default()), listener, shutdown).await;
    }
}
