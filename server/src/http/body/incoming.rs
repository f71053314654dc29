//! Receives a body within a size and a time limit, and never waits for one on behalf of an unknown caller.

use std::time::Duration;

use rocket::Request;
use rocket::data::{Data, DataStream, ToByteUnit as _};
use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant, timeout_at};

use crate::domain::{Code, Error, Result};
use crate::http::{received, shared};

/// The maximum size of a body, in KiB.
const BODY_LIMIT_KIB: u32 = 64;
const BODY_LIMIT: usize = BODY_LIMIT_KIB as usize * 1024;

/// A body that arrives within this time counts as sent immediately: it covers the packets of one request on a good
/// network, and no more.
const BODY_AT_ONCE: Duration = Duration::from_millis(100);

/// A body that may still be arriving. It has `bowline.body_seconds` from the beginning of its request.
///
/// Rocket itself waits for the first 14 bytes, without a time limit, before any of our code runs. Only the edge proxy
/// limits that.
pub struct Incoming<'r> {
    stream: DataStream<'r>,
    bytes: Vec<u8>,
    is_whole: bool,
    until: Instant,
    within: Duration,
}

impl<'r> Incoming<'r> {
    /// The body of `request`.
    ///
    /// # Errors
    /// `body_too_large` if its declared length is too large.
    pub fn open(request: &Request<'_>, data: Data<'r>) -> Result<Self> {
        let length = request.headers().get_one("content-length");
        if length
            .and_then(|length| length.parse::<u64>().ok())
            .is_some_and(|length| length > BODY_LIMIT as u64)
        {
            return Err(too_large());
        }
        let within = Duration::from_secs(shared::app(request)?.settings.body_seconds);
        let until = Instant::now() + within.saturating_sub(received::elapsed(request));
        // One byte more than the limit, to detect larger bodies.
        let stream = data.open(BODY_LIMIT_KIB.kibibytes() + 1);
        Ok(Self { stream, bytes: Vec::new(), is_whole: false, until, within })
    }

    /// Reads what was sent with the request, and returns whether that is all.
    ///
    /// # Errors
    /// `body_too_large`; `invalid_request` if the connection breaks.
    pub async fn arrives_at_once(&mut self) -> Result<bool> {
        let soon = self.until.min(Instant::now() + BODY_AT_ONCE);
        while !self.is_whole {
            let Ok(read) = timeout_at(soon, self.read()).await else { return Ok(false) };
            read?;
        }
        Ok(true)
    }

    /// Waits for the rest.
    ///
    /// # Errors
    /// `request_timeout` if it does not arrive in time, and as for [`Self::arrives_at_once`].
    pub async fn whole(mut self) -> Result<Vec<u8>> {
        while !self.is_whole {
            let Ok(read) = timeout_at(self.until, self.read()).await else {
                return Err(too_slow(self.within));
            };
            read?;
        }
        Ok(self.bytes)
    }

    /// Reads the body's next part. Cancelling it loses nothing.
    async fn read(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.bytes).await;
        let read = read.map_err(|_| Code::InvalidRequest.because("the body ended before it was complete"))?;
        if self.bytes.len() > BODY_LIMIT {
            return Err(too_large());
        }
        self.is_whole = read == 0;
        Ok(())
    }
}

/// Checks that the body is sent unencoded, both as a whole and in transfer. Also applied to empty bodies.
///
/// # Errors
/// `unsupported_media_type` if it is encoded.
pub fn is_plain(request: &Request<'_>) -> Result<()> {
    let listed =
        |name: &'static str| request.headers().get(name).flat_map(|value| value.split(',')).map(str::trim);
    if !listed("content-encoding").all(|one| one.eq_ignore_ascii_case("identity")) {
        return Err(Code::UnsupportedMediaType.because("send the body without Content-Encoding").into());
    }
    // Hyper treats `gzip, chunked` as `chunked`, and would pass on the compressed bytes.
    let mut codings = listed("transfer-encoding");
    if codings.next().is_some_and(|one| !one.eq_ignore_ascii_case("chunked")) || codings.next().is_some() {
        let detail = "send the body with no Transfer-Encoding but chunked";
        return Err(Code::UnsupportedMediaType.because(detail).into());
    }
    Ok(())
}

fn too_large() -> Error {
    Code::BodyTooLarge.because(format!("bodies may have {BODY_LIMIT_KIB} KiB at most")).into()
}

fn too_slow(within: Duration) -> Error {
    let detail = format!(
        "the whole request must arrive within {} seconds; nothing was done, try again",
        within.as_secs()
    );
    Code::RequestTimeout.because(detail).into()
}
