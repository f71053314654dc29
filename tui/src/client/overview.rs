//! The overview.

use bowline_api::admin::Overview;
use reqwest::Method;

use super::{Client, Failure};

impl Client {
    /// `GET /overview`: how much there is, what happened in the last hour, and what does not work now.
    pub async fn overview(&self) -> Result<Overview, Failure> {
        self.json(self.request(Method::GET, "/overview")?).await
    }
}
