//! The permitted dependencies between rooms and crates, and the exceptions that remain. The lists of exceptions can
//! only shrink.

/// Imports that close a circle, as importing file and imported file.
pub(crate) const CIRCLES: &[(&str, &str)] = &[];

/// Forbidden imports between layers that still exist, as importing file and imported file.
pub(crate) const UPWARDS: &[(&str, &str)] = &[];

/// A room, and the rooms that it may use.
pub(crate) type Room = (&'static str, &'static [&'static str]);

/// The rooms of the server, the lowest first, with the rooms that each may use.
pub(crate) const ROOMS: &[Room] = &[
    ("domain", &[]),
    ("settings", &["domain"]),
    ("telemetry", &["settings"]),
    ("logging", &["telemetry"]),
    ("metrics", &["domain"]),
    ("store", &["domain", "metrics", "settings", "telemetry"]),
    ("service", &["domain", "metrics", "settings", "store"]),
    ("http", &["domain", "metrics", "service", "settings"]),
    ("words", &["domain"]),
    ("route", &["domain", "http", "metrics", "service", "words"]),
    ("worker", &["domain", "metrics", "service", "store", "telemetry"]),
    (
        "command",
        &[
            "domain",
            "http",
            "logging",
            "metrics",
            "route",
            "service",
            "settings",
            "store",
            "telemetry",
            "worker",
        ],
    ),
];

/// The rooms of the terminal client in the same way. No screen and no dialog knows the client around it.
pub(crate) const TERMINAL_ROOMS: &[Room] = &[
    ("danger", &[]),
    ("found_secret", &[]),
    ("symbols", &[]),
    ("text", &[]),
    ("theme", &[]),
    ("when", &[]),
    ("client", &["danger", "text"]),
    ("export", &["client", "text"]),
    ("registry", &["danger"]),
    ("widget", &["client", "found_secret", "registry", "symbols", "text", "theme", "when"]),
    ("interface", &["client", "export", "found_secret", "registry", "theme", "widget"]),
    (
        "dialog",
        &[
            "client",
            "danger",
            "export",
            "found_secret",
            "interface",
            "registry",
            "text",
            "theme",
            "when",
            "widget",
        ],
    ),
    ("screen", &["client", "dialog", "interface", "registry", "text", "theme", "when", "widget"]),
    (
        "app",
        &[
            "client",
            "danger",
            "dialog",
            "export",
            "found_secret",
            "interface",
            "registry",
            "screen",
            "text",
            "theme",
            "when",
            "widget",
        ],
    ),
    ("config", &["client", "registry"]),
    (
        "terminal",
        &["app", "client", "config", "dialog", "export", "registry", "symbols", "text", "theme", "widget"],
    ),
    (
        "cli",
        &[
            "app",
            "client",
            "config",
            "dialog",
            "export",
            "found_secret",
            "registry",
            "screen",
            "terminal",
            "text",
            "theme",
            "when",
        ],
    ),
];

/// The crates of the workspace, each with the crates of the workspace that it uses and those that only its tests use.
pub(crate) const CRATES: &[(&str, &[&str], &[&str])] = &[
    (
        "bowline-server",
        &[
            "bowline-api",
            "bowline-postgres",
            "bowline-provider",
            "bowline-stdio",
            "bowline-vault",
            "bowline-webhook",
        ],
        &["bowline-tests"],
    ),
    ("bowline-api", &[], &[]),
    ("bowline-postgres", &["bowline-stdio"], &[]),
    ("bowline-stdio", &[], &[]),
    ("bowline-provider", &[], &["bowline-verify", "dropbox-sim"]),
    ("dropbox-sim", &["bowline-stdio"], &["bowline-verify"]),
    ("bowline-verify", &["bowline-postgres", "bowline-stdio"], &[]),
    ("bowline-vault", &[], &[]),
    ("bowline-webhook", &["bowline-provider", "bowline-webhook-signature"], &[]),
    ("bowline-webhook-signature", &[], &[]),
    (
        "bowline-tests",
        &[
            "bowline-api",
            "bowline-demo",
            "bowline-postgres",
            "bowline-process",
            "bowline-vault",
            "bowline-verify",
            "dropbox-sim",
        ],
        &["bowline-client", "bowline-faults"],
    ),
    (
        "bowline-demo",
        &[
            "bowline-api",
            "bowline-launch",
            "bowline-postgres",
            "bowline-process",
            "bowline-stdio",
            "bowline-vault",
            "dropbox-sim",
        ],
        &[],
    ),
    ("bowline-launch", &["bowline-postgres", "bowline-stdio", "bowline-verify"], &[]),
    ("bowline-process", &["bowline-postgres"], &[]),
    (
        "bowline-faults",
        &[
            "bowline-api",
            "bowline-postgres",
            "bowline-stdio",
            "bowline-tests",
            "bowline-verify",
            "dropbox-sim",
        ],
        &[],
    ),
    (
        "bowline-load",
        &[
            "bowline-api",
            "bowline-postgres",
            "bowline-process",
            "bowline-stdio",
            "bowline-vault",
            "bowline-verify",
            "dropbox-sim",
        ],
        &[],
    ),
    ("bowline-model", &["bowline-api"], &[]),
    ("bowline", &["bowline-api", "bowline-stdio", "bowline-webhook-signature"], &[]),
    ("bowline-client", &["bowline-api"], &[]),
    ("bowline-example-axum", &["bowline-client"], &[]),
];
