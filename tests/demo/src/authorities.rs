//! The certificate authorities that programs must trust to reach the simulated Dropbox, as files.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::place::{ca_bundle, ca_file, write_private};

/// Characters in a line of PEM (RFC 7468, section 2).
const LINE: usize = 64;

/// Writes two files: the simulator's authority alone, and together with those that this machine trusts. The second is
/// for programs that know one bundle only and must also reach other hosts.
pub(crate) fn write(place: &Path, simulator_pem: &str) -> anyhow::Result<()> {
    write_private(&ca_file(place), simulator_pem)?;
    let mut bundle = simulator_pem.to_owned();
    // A machine without authorities cannot reach other hosts with TLS anyway.
    for certificate in rustls_native_certs::load_native_certs().certs {
        bundle.push_str(&pem(&certificate)?);
    }
    write_private(&ca_bundle(place), &bundle)
}

fn pem(der: &[u8]) -> Result<String, std::fmt::Error> {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    writeln!(pem, "\n-----END CERTIFICATE-----")?;
    Ok(pem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_written_in_lines_of_64() {
        let text = pem(&[0; 96]).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[1].len() == 64 && lines[2].len() == 64, "{text}");
    }
}
