//! `PyPI`'s oauthlib agrees with every signature, in both directions.

use std::{
    fs::File,
    path::Path,
    process::{Command, Stdio},
};

use bowline_provider::oauth1::{SignatureMethod, Signer, Stamp, TokenPair, Unsigned};
use bowline_verify::python::environment;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

const PACKAGE: &str = "oauthlib>=4,<5";
const REQUESTS: usize = 10_000;
/// What is easily encoded in another way than RFC 5849, 3.6, says.
const CHARACTERS: &[char] = &[
    'a',
    'Z',
    '0',
    '-',
    '.',
    '_',
    '~',
    ' ',
    '+',
    '%',
    '&',
    '=',
    '/',
    '?',
    '#',
    '*',
    '\'',
    '(',
    ')',
    '!',
    ',',
    ';',
    ':',
    '@',
    '$',
    '"',
    '\\',
    '<',
    '[',
    '|',
    '\u{e9}',
    '\u{2603}',
    '\u{1f600}',
];
const HOSTS: &[&str] =
    &["https://api.example", "HTTPS://API.Example:443", "http://api.example:80", "https://api.example:8443"];

/// One request, with all that both sides need to know of it.
struct Case {
    url: String,
    method: &'static str,
    form: Option<Vec<(String, String)>>,
    signature_method: SignatureMethod,
    app_key: String,
    app_secret: String,
    token: Option<(String, String)>,
    callback: Option<String>,
    verifier: Option<String>,
    stamp: Stamp,
}

fn text(rng: &mut StdRng, least: usize) -> String {
    let length = rng.random_range(least..12);
    (0..length).map(|_| CHARACTERS[rng.random_range(0..CHARACTERS.len())]).collect()
}

fn pairs(rng: &mut StdRng) -> Vec<(String, String)> {
    // Names repeat, so that values decide the order, too.
    let name = |rng: &mut StdRng| if rng.random_bool(0.3) { "a".to_owned() } else { text(rng, 1) };
    let count = rng.random_range(0..5);
    (0..count).map(|_| (name(rng), text(rng, 0))).collect()
}

impl Case {
    fn new(rng: &mut StdRng) -> Self {
        // oauthlib drops a semicolon at the end of a path.
        let segment = |rng: &mut StdRng| text(rng, 1).replace(';', "x");
        let path: Vec<String> = (0..rng.random_range(0..4)).map(|_| segment(rng)).collect();
        let mut url = Url::parse("https://api.example").unwrap();
        url.path_segments_mut().unwrap().extend(&path);
        let query = pairs(rng);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(&query);
        }
        let host = HOSTS[rng.random_range(0..HOSTS.len())];
        let methods = [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256, SignatureMethod::Plaintext];
        let method = ["GET", "POST", "PUT", "DELETE"][rng.random_range(0..4)];
        // oauthlib signs no GET with a body.
        let has_form = method != "GET" && rng.random_bool(0.6);
        Self {
            url: url.as_str().replacen("https://api.example", host, 1),
            method,
            form: has_form.then(|| pairs(rng)).filter(|pairs| !pairs.is_empty()),
            signature_method: methods[rng.random_range(0..3)],
            app_key: text(rng, 1),
            app_secret: text(rng, 1),
            token: rng.random_bool(0.7).then(|| (text(rng, 1), text(rng, 1))),
            callback: rng.random_bool(0.2).then(|| format!("https://app.example/{}", text(rng, 0))),
            verifier: rng.random_bool(0.2).then(|| text(rng, 1)),
            stamp: Stamp {
                timestamp: rng.random_range(1..4_000_000_000),
                nonce: rng.random::<u64>().to_string(),
            },
        }
    }

    /// The Authorization header and the signature in it.
    fn sign(&self) -> (String, String) {
        let app_secret = SecretString::from(self.app_secret.as_str());
        let pair = self.token.as_ref().map(|(token, secret)| TokenPair {
            token: token.as_str().into(),
            secret: secret.as_str().into(),
        });
        let signer = Signer {
            app_key: &self.app_key,
            app_secret: &app_secret,
            token: pair.as_ref(),
            method: self.signature_method,
        };
        let form: Vec<(&str, &str)> =
            self.form.iter().flatten().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let callback = self.callback.as_deref().map(|callback| ("oauth_callback", callback));
        let verifier = self.verifier.as_deref().map(|verifier| ("oauth_verifier", verifier));
        let protocol: Vec<_> = callback.into_iter().chain(verifier).collect();
        let url = Url::parse(&self.url).unwrap();
        let request = Unsigned { method: self.method, url: &url, form: &form, protocol: &protocol };
        let made = signer.sign(&request, &self.stamp);
        let signature = made.parameters().find(|(name, _)| *name == "oauth_signature").unwrap().1.to_owned();
        (made.header().to_string(), signature)
    }

    fn line(&self, header: &str) -> Value {
        let body = self
            .form
            .as_ref()
            .map(|pairs| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
        json!({
            "url": self.url, "method": self.method, "body": body, "header": header,
            "signature_method": self.signature_method.name(), "app_key": self.app_key, "app_secret": self.app_secret,
            "token": self.token.as_ref().map(|pair| &pair.0), "token_secret": self.token.as_ref().map(|pair| &pair.1),
            "callback": self.callback, "verifier": self.verifier,
            "nonce": self.stamp.nonce, "timestamp": self.stamp.timestamp.to_string(),
        })
    }
}

#[test]
fn oauthlib_agrees_with_ten_thousand_signatures_in_both_directions() {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let home = temporary.join("oauthlib");
    environment(&home, &[PACKAGE]).unwrap();
    let mut rng = StdRng::seed_from_u64(5849);
    let cases: Vec<Case> = (0..REQUESTS).map(|_| Case::new(&mut rng)).collect();
    let signed: Vec<(String, String)> = cases.iter().map(Case::sign).collect();
    let lines: Vec<String> =
        cases.iter().zip(&signed).map(|(case, (header, _))| case.line(header).to_string()).collect();
    let input = temporary.join(format!("oauthlib-{}.jsonl", std::process::id()));
    std::fs::write(&input, lines.join("\n")).unwrap();
    let output = Command::new(home.join("bin/python"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/oauth1/oauthlib_signatures.py"))
        .stdin(Stdio::from(File::open(&input).unwrap()))
        .output()
        .unwrap();
    std::fs::remove_file(&input).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let mut count = 0;
    for ((line, said), (_, signature)) in lines.iter().zip(said.lines()).zip(&signed) {
        let said: Value = serde_json::from_str(said).unwrap();
        assert_eq!(said["accepted"], true, "oauthlib refuses ours: {line}");
        assert_eq!(said["signature"], signature.as_str(), "oauthlib makes another: {line}");
        count += 1;
    }
    assert_eq!(count, REQUESTS);
}
