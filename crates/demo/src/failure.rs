//! Why the demo could not be built.

/// Why the demo could not be built.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The catalogue lacks what the demo needs, or the database is not empty.
    #[error("{0}")]
    Input(String),
    /// The request is valid, but the work failed.
    #[error("{message}")]
    Work {
        /// What was being done.
        message: String,
        /// Why it failed.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl Failure {
    pub(crate) fn work(
        message: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Failure::Work {
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }
}
