//! Calls as traces and lines as logs, sent to a collector of OpenTelemetry over gRPC.
//!
//! A layer of our own makes them, because a call keeps the trace that its caller gave it, and a line of
//! the log and its trace have the same number everywhere.

use std::cell::Cell;
use std::fmt::{self, Debug};
use std::time::{Duration, SystemTime};

use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_otlp::{LogExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SdkTracer, SdkTracerProvider};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer;
use tracing_subscriber::registry::LookupSpan;

use crate::Failure;

/// How long a stop waits for what is not sent yet.
const LAST_WORD: Duration = Duration::from_secs(3);

/// What carries the sending itself. Its lines would be sent too, and so make new ones.
const CARRIERS: [&str; 6] = [
    "h2",
    "hyper",
    "hyper_util",
    "opentelemetry",
    "tonic",
    "tower",
];

/// The two streams to a collector.
pub struct Collector {
    traces: SdkTracerProvider,
    logs: SdkLoggerProvider,
}

impl Drop for Collector {
    fn drop(&mut self) {
        // Nobody is left who could do something about a collector that does not answer.
        let _unsent = self.traces.shutdown_with_timeout(LAST_WORD);
        let _unsent = self.logs.shutdown_with_timeout(LAST_WORD);
    }
}

/// A layer that sends what the filter lets through, and its two streams. Nothing is connected yet:
/// a collector may come and go while the server runs.
pub fn layer<S>(
    address: &str,
    filter: Targets,
) -> Result<(Box<dyn Layer<S> + Send + Sync>, Collector), Failure>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let wrong = |error| Failure::Input(format!("otlp = \"{address}\": {error}"));
    let spans = SpanExporter::builder().with_tonic().with_endpoint(address);
    let lines = LogExporter::builder().with_tonic().with_endpoint(address);
    let resource = Resource::builder()
        .with_service_name("motcua")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let traces = SdkTracerProvider::builder()
        .with_batch_exporter(spans.build().map_err(wrong)?)
        .with_id_generator(GivenTrace::default())
        .with_resource(resource.clone())
        .build();
    let logs = SdkLoggerProvider::builder()
        .with_batch_exporter(lines.build().map_err(wrong)?)
        .with_resource(resource)
        .build();
    let told = Told {
        tracer: traces.tracer("motcua"),
        logger: logs.logger("motcua"),
    };
    let carriers = CARRIERS.map(|target| (target, LevelFilter::OFF));
    let layer = told.with_filter(filter.with_targets(carriers)).boxed();
    Ok((layer, Collector { traces, logs }))
}

thread_local! {
    /// The trace of the span that begins on this thread.
    static TRACE: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// Gives a span the trace that was laid down for it; a number of its own it makes up.
#[derive(Debug, Default)]
struct GivenTrace(RandomIdGenerator);

impl IdGenerator for GivenTrace {
    fn new_trace_id(&self) -> TraceId {
        TRACE.take().unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}

/// The fields of a span or a line.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<KeyValue>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.others.push(KeyValue::new(field.name(), value.into()));
    }

    /// Takes a text out.
    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.others.iter().position(|it| it.key.as_str() == name)?;
        Some(self.others.swap_remove(at).value.to_string())
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing into a text cannot fail.
            let _never = fmt::write(&mut self.message, format_args!("{value:?}"));
        } else {
            self.add(field, format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.add(field, value.to_owned());
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, i64::try_from(value).unwrap_or(i64::MAX));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }
}

/// Whose span this is, in a trace of OpenTelemetry.
struct Traced(opentelemetry_sdk::trace::Span);

/// Tells the collector.
struct Told {
    tracer: SdkTracer,
    logger: SdkLogger,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Told {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: layer::Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let trace = fields.take("trace");
        let trace = trace.and_then(|text| TraceId::from_hex(&text).ok());
        let caller = fields.take("caller_span");
        let caller = caller.and_then(|text| SpanId::from_hex(&text).ok());
        let parent = match (span.parent(), trace, caller) {
            (Some(parent), ..) => {
                let known = parent.extensions();
                known.get().map(|Traced(it)| it.span_context().clone())
            }
            (None, Some(trace), Some(caller)) => {
                let state = TraceState::default();
                Some(SpanContext::new(
                    trace,
                    caller,
                    TraceFlags::SAMPLED,
                    true,
                    state,
                ))
            }
            (None, ..) => None,
        };
        let name = fields.take("method");
        let name = name.unwrap_or_else(|| span.name().to_owned());
        let kind = match trace {
            Some(_) => SpanKind::Server,
            None => SpanKind::Internal,
        };
        let begun = SpanBuilder::from_name(name)
            .with_kind(kind)
            .with_attributes(fields.others);
        let above = Context::new();
        let above = match parent {
            Some(parent) => above.with_remote_span_context(parent),
            None => above,
        };
        TRACE.set(trace);
        let begun = self.tracer.build_with_context(begun, &above);
        TRACE.set(None);
        span.extensions_mut().insert(Traced(begun));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: layer::Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(Traced(span)) = span.extensions_mut().get_mut() {
            span.set_attributes(fields.others);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: layer::Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (severity, level) = severity(*event.metadata().level());
        let mut line = self.logger.create_log_record();
        line.set_timestamp(SystemTime::now());
        line.set_target(event.metadata().target());
        line.set_severity_number(severity);
        line.set_severity_text(level);
        line.set_body(AnyValue::from(fields.message.clone()));
        if let Some(span) = context.event_span(event)
            && let Some(Traced(span)) = span.extensions_mut().get_mut()
        {
            let of = span.span_context().clone();
            line.set_trace_context(of.trace_id(), of.span_id(), Some(of.trace_flags()));
            // What a call came to is said by its line.
            if severity >= Severity::Error || fields.message == "a call failed" {
                span.set_status(Status::error(fields.message));
            }
            span.set_attributes(fields.others.clone());
        }
        for KeyValue { key, value, .. } in fields.others {
            line.add_attribute(key, said(value));
        }
        self.logger.emit(line);
    }

    fn on_close(&self, id: Id, context: layer::Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        if let Some(Traced(mut ended)) = span.extensions_mut().remove() {
            ended.end();
        }
    }
}

fn said(value: Value) -> AnyValue {
    match value {
        Value::Bool(it) => it.into(),
        Value::I64(it) => it.into(),
        Value::F64(it) => it.into(),
        other => other.to_string().into(),
    }
}

fn severity(level: Level) -> (Severity, &'static str) {
    match level {
        Level::ERROR => (Severity::Error, "ERROR"),
        Level::WARN => (Severity::Warn, "WARN"),
        Level::INFO => (Severity::Info, "INFO"),
        Level::DEBUG => (Severity::Debug, "DEBUG"),
        Level::TRACE => (Severity::Trace, "TRACE"),
    }
}
