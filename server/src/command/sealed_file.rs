//! Files that are sealed for the holder of a key (age): written for a public key, and read with the secret one.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use age::x25519::{Identity, Recipient};
use age::{Decryptor, Encryptor};
use anyhow::{Context as _, anyhow, bail, ensure};
use secrecy::zeroize::Zeroizing;

/// How each sealed file begins.
const MAGIC: &[u8] = b"age-encryption.org/";
/// The longest accepted file of secret keys, in bytes.
const LONGEST_KEYS: u64 = 64 * 1024;

/// The public key in this text.
pub(super) fn recipient(text: &str) -> anyhow::Result<Recipient> {
    text.parse().map_err(|error: &str| anyhow!("--recipient must be a public key of age, age1…: {error}"))
}

/// The secret keys in a file of `age-keygen`.
pub(super) fn identities(file: &Path) -> anyhow::Result<Vec<Identity>> {
    let mut text = Zeroizing::new(String::new());
    let open = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    open.take(LONGEST_KEYS)
        .read_to_string(&mut text)
        .with_context(|| format!("reading {}", file.display()))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    // The parser's message is not repeated, because it is about a secret.
    let parsed: Result<Vec<Identity>, &str> = lines.map(str::parse).collect();
    let identities = parsed.map_err(|_| {
        anyhow!("{} has a line that is no secret key of age, AGE-SECRET-KEY-1…", file.display())
    })?;
    ensure!(!identities.is_empty(), "{} has no secret key of age", file.display());
    Ok(identities)
}

/// What a file says, opened with these keys if it is sealed.
///
/// # Errors
/// If it is sealed and there is no fitting key, or if there are keys and it is not sealed.
pub(super) fn open<'a>(
    source: impl Read + 'a,
    identities: &[Identity],
) -> anyhow::Result<Box<dyn BufRead + 'a>> {
    let mut source = BufReader::new(source);
    let is_sealed = source.fill_buf().context("it cannot be read")?.starts_with(MAGIC);
    if !is_sealed {
        ensure!(identities.is_empty(), "it is not sealed; leave out --identity");
        return Ok(Box::new(source));
    }
    if identities.is_empty() {
        bail!("it is sealed; give the file with the secret key by --identity");
    }
    let decryptor = Decryptor::new_buffered(source).context("it is not a whole sealed file")?;
    let keys = identities.iter().map(|identity| identity as &dyn age::Identity);
    let opened = decryptor.decrypt(keys).context("it cannot be opened with these keys")?;
    Ok(Box::new(BufReader::new(opened)))
}

/// A new file that only its owner can read, sealed for `recipient`. It is complete once `finish` was called.
pub(super) fn create(file: &Path, recipient: &Recipient) -> anyhow::Result<SealedFile> {
    let options = File::options().write(true).create_new(true).mode(0o600).clone();
    let open = options.open(file).with_context(|| format!("cannot create {}", file.display()))?;
    let recipients = std::iter::once(recipient as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(recipients)?;
    Ok(SealedFile(encryptor.wrap_output(BufWriter::new(open))?))
}

/// A file that is being written.
pub(super) struct SealedFile(age::stream::StreamWriter<BufWriter<File>>);

impl SealedFile {
    /// Writes the end, without which the file is not accepted, and waits until everything is on the disk.
    pub(super) fn finish(self) -> std::io::Result<()> {
        let file = self.0.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()
    }
}

impl Write for SealedFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &[u8], identities: &[Identity]) -> anyhow::Result<String> {
        let mut text = String::new();
        open(source, identities)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn only_the_whole_file_is_read_and_only_with_the_key() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("grants.age");
        let (identity, other) = (Identity::generate(), Identity::generate());
        let mut sealed = create(&file, &recipient(&identity.to_public().to_string()).unwrap()).unwrap();
        let text = "a line\n".repeat(100_000);
        sealed.write_all(text.as_bytes()).unwrap();
        sealed.finish().unwrap();
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"a line"));
        assert_eq!(read(&bytes, std::slice::from_ref(&identity)).unwrap(), text);
        assert!(read(&bytes, &[]).unwrap_err().to_string().contains("--identity"));
        assert!(read(&bytes, &[other]).is_err());
        assert!(
            read(&bytes[..bytes.len() - 20], std::slice::from_ref(&identity)).is_err(),
            "its end is missing"
        );
        assert!(read(b"{}", &[identity]).is_err() && read(b"{}", &[]).unwrap() == "{}");
        assert!(create(&file, &recipient(&Identity::generate().to_public().to_string()).unwrap()).is_err());
        assert!(recipient("SECRET").is_err());
    }

    #[test]
    fn keys_are_read_from_a_file_of_age_keygen() {
        use secrecy::ExposeSecret as _;
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key.txt");
        let secret = Identity::generate().to_string();
        let text = format!("# created: today\n# public key: age1\n{}\n", secret.expose_secret());
        std::fs::write(&file, text).unwrap();
        assert_eq!(identities(&file).unwrap().len(), 1);
        std::fs::write(&file, "AGE-SECRET-KEY-1SECRET").unwrap();
        let error = identities(&file).err().unwrap().to_string();
        assert!(!error.contains("1SECRET"), "{error}");
        std::fs::write(&file, "# nothing\n").unwrap();
        assert!(identities(&file).is_err());
    }
}
