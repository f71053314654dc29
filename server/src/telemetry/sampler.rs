//! Decides which traces are kept. If callers decided, a tenant could determine our costs.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt as _, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

/// Keeps a share of all traces by their ids. Within this process a span follows its parent, but the decision of a
/// remote parent is ignored.
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

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceState};

    use super::*;

    fn sampler_decides(share: f64, remote: bool, flags: TraceFlags) -> SamplingDecision {
        let trace = TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128);
        let parent = SpanContext::new(trace, SpanId::from(7_u64), flags, remote, TraceState::NONE);
        let parent = Context::new().with_remote_span_context(parent);
        let ours = OurRatio::new(share);
        ours.should_sample(Some(&parent), trace, "request", &SpanKind::Server, &[], &[]).decision
    }

    #[test]
    fn a_caller_can_neither_force_a_trace_on_us_nor_keep_one_from_us() {
        assert_eq!(sampler_decides(0.0, true, TraceFlags::SAMPLED), SamplingDecision::Drop);
        assert_eq!(sampler_decides(1.0, true, TraceFlags::default()), SamplingDecision::RecordAndSample);
    }

    #[test]
    fn within_this_process_a_span_follows_its_parent() {
        assert_eq!(sampler_decides(0.0, false, TraceFlags::SAMPLED), SamplingDecision::RecordAndSample);
        assert_eq!(sampler_decides(1.0, false, TraceFlags::default()), SamplingDecision::Drop);
    }
}
