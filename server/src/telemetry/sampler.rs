//! Which traces are kept: those of the caller's choosing would let a tenant decide what we pay for.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

/// Keeps a share of all traces, by their ids; within this process a span follows its parent. What a remote parent has
/// decided is not asked.
#[derive(Debug, Clone)]
pub(super) struct OurRatio(Sampler);

impl OurRatio {
    /// `share` is 0.0 to 1.0.
    pub(super) fn new(share: f64) -> Self {
        Self(Sampler::TraceIdRatioBased(share))
    }
}

impl ShouldSample for OurRatio {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let local = parent
            .filter(|parent| parent.has_active_span())
            .map(|parent| parent.span().span_context().clone());
        let mut result = self.0.should_sample(None, trace_id, name, kind, attributes, links);
        if let Some(local) = local {
            result.trace_state = local.trace_state().clone();
            if !local.is_remote() {
                result.decision = if local.is_sampled() {
                    SamplingDecision::RecordAndSample
                } else {
                    SamplingDecision::Drop
                };
            }
        }
        result
    }
}
