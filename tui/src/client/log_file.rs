//! A log of calls in a file of bounded size: for whoever asks afterwards what the client did. It has no header, no body and
//! no query, so it has neither a token nor anything that was typed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, SecondsFormat, Utc};

use super::version::OWN_VERSION;

/// The size at which the file becomes the old one, in bytes. The old one before it is dropped.
const MAX_LOG_BYTES: u64 = 1 << 20;

/// A log file.
pub struct LogFile {
    path: PathBuf,
    file: Mutex<File>,
    max_bytes: u64,
    clock: fn() -> DateTime<Utc>,
}

impl LogFile {
    /// Opens the file for this user alone, and appends to it.
    ///
    /// # Errors
    /// If it is a symbolic link, if others may read it, or as the operating system says.
    pub fn open(path: &Path, clock: fn() -> DateTime<Utc>) -> io::Result<Self> {
        Self::open_with(path, clock, MAX_LOG_BYTES)
    }

    fn open_with(path: &Path, clock: fn() -> DateTime<Utc>, max_bytes: u64) -> io::Result<Self> {
        let file = Mutex::new(append_line(path)?);
        Ok(Self { path: path.to_owned(), file, max_bytes, clock })
    }

    /// Writes that the program has started with this server.
    pub fn started(&self, server: &str) {
        self.write(&format!(
            "bowline {OWN_VERSION} started, process {}, server {server}",
            std::process::id()
        ));
    }

    /// From now on a panic leaves the place where it happened. Its message may have something that was typed, so the
    /// terminal alone shows that.
    pub fn catch_panics(self: &Arc<Self>) {
        let (log, before) = (Arc::clone(self), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |info| {
            let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
            log.write(&format!("panicked at {place}"));
            before(info);
        }));
    }

    /// Writes a line. A log that cannot be written does not keep the operator from their work.
    pub(super) fn write(&self, text: &str) {
        let Ok(mut file) = self.file.lock() else { return };
        // Another process may have made this file the old one; its line goes where it is.
        if file.metadata().is_ok_and(|meta| meta.size() >= self.max_bytes) {
            let old = self.path.with_added_extension("1");
            if fs::rename(&self.path, old).is_ok()
                && let Ok(new) = append_line(&self.path)
            {
                *file = new;
            }
        }
        let at = (self.clock)().to_rfc3339_opts(SecondsFormat::Millis, true);
        // One call of the operating system for each line, so that lines of two processes do not mix.
        let line = format!("{at} {}\n", crate::text::sanitize(text));
        let _ = file.write_all(line.as_bytes());
    }
}

fn append_line(path: &Path) -> io::Result<File> {
    let no_link = nix::fcntl::OFlag::O_NOFOLLOW.bits();
    let file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_link).open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() || meta.permissions().mode() & 0o077 != 0 {
        let why = "the log is not a file that only you may read (chmod 600 fixes that)";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_time_and_the_file_is_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bowline.log");
        let log = LogFile::open(&path, || DateTime::UNIX_EPOCH).unwrap();
        log.write("GET / 200");
        log.write("a\nb\u{1b}");
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines, ["1970-01-01T00:00:00.000Z GET / 200", "1970-01-01T00:00:00.000Z a␊b␛"]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn the_file_is_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bowline.log");
        let log = LogFile::open_with(&path, || DateTime::UNIX_EPOCH, 500).unwrap();
        for n in 0..100 {
            log.write(&n.to_string());
        }
        let sizes: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).collect();
        assert_eq!(sizes.len(), 2, "the file and the old one");
        assert!(sizes.iter().all(|size| *size < 700), "{sizes:?}");
    }

    #[test]
    fn a_panic_leaves_its_place_and_not_its_message() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bowline.log");
        Arc::new(LogFile::open(&path, || DateTime::UNIX_EPOCH).unwrap()).catch_panics();
        assert!(std::thread::spawn(|| panic!("typed by hand")).join().is_err());
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("panicked at ") && text.contains("log_file.rs:"), "{text}");
        assert!(!text.contains("typed"), "{text}");
    }

    #[test]
    fn links_and_open_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let open = dir.path().join("open.log");
        fs::write(&open, "").unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(LogFile::open(&open, || DateTime::UNIX_EPOCH).is_err());
        let link = dir.path().join("link.log");
        std::os::unix::fs::symlink(dir.path().join("elsewhere"), &link).unwrap();
        assert!(LogFile::open(&link, || DateTime::UNIX_EPOCH).is_err());
        assert!(!dir.path().join("elsewhere").exists());
    }
}
