//! A span collector that accepts OTLP over HTTP and keeps what it receives.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

type Requests = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

/// A running collector, which ends with its test.
#[derive(Debug)]
pub(super) struct Collector {
    port: u16,
    requests: Requests,
}

impl Collector {
    pub(super) async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let requests = Requests::default();
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Ok(Self { port, requests })
    }

    /// The value for `otlp_endpoint`.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All received spans, in the order of arrival.
    pub(super) fn spans(&self) -> Vec<Span> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let scopes =
            requests.iter().flat_map(|request| &request.resource_spans).flat_map(|all| &all.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    /// The resource of the first request.
    pub(super) fn resource(&self) -> Vec<KeyValue> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let first = requests.first().and_then(|request| request.resource_spans.first());
        first.and_then(|all| all.resource.clone()).map(|resource| resource.attributes).unwrap_or_default()
    }

    /// Everything that was received, as text for the search for secrets.
    pub(super) fn text(&self) -> String {
        format!("{:?}", self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An attribute as text.
pub(super) fn attribute(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|pair| pair.key == name)?;
    match &found.value {
        Some(AnyValue { value: Some(any_value::Value::StringValue(text)) }) => Some(text.clone()),
        Some(AnyValue { value: Some(any_value::Value::IntValue(number)) }) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}

/// Serves one connection, request by request.
async fn serve(stream: TcpStream, requests: Requests) -> Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if stream.read_line(&mut first).await? == 0 {
            return Ok(());
        }
        let (mut length, mut kind) = (0, String::new());
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "content-type" => value.trim().clone_into(&mut kind),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        ensure!(first.starts_with("POST /v1/traces HTTP/1.1"), "{first}");
        ensure!(kind == "application/x-protobuf", "{kind}");
        let request = ExportTraceServiceRequest::decode(body.as_slice()).context("the body is not OTLP")?;
        requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let answer = ExportTraceServiceResponse::default().encode_to_vec();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        stream.write_all(&[head.as_bytes(), &answer].concat()).await?;
    }
}
