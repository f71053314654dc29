//! A table of refresh tokens: CSV (RFC 4180) with a heading.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use csv::{ReaderBuilder, StringRecord};

use super::converted::{Converted, Source, open};
use crate::service::moving::GrantRecord;

/// The arguments of `convert table`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Says which column is a member of the format, if its heading is another one: MEMBER=HEADING. Repeat it for several.
    #[arg(long = "column", value_name = "MEMBER=HEADING", value_parser = pair)]
    columns: Vec<(String, String)>,
    /// Heading of a column that is left out. Repeat it for several.
    #[arg(long = "ignore", value_name = "HEADING")]
    ignored: Vec<String>,
    /// What separates the columns.
    #[arg(long, default_value_t = ',')]
    delimiter: char,
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (member, heading) = text.split_once('=').ok_or("it must have the form MEMBER=HEADING")?;
    Column::of(member)
        .ok_or("the part before the equals sign is no member of the format, see docs/moving.md")?;
    Ok((member.to_owned(), heading.to_owned()))
}

/// What a column has.
enum Column {
    User,
    RefreshToken,
    Connector,
    AppKey,
    ProviderAccount,
    /// Separated by spaces.
    Scopes,
    Label,
    Assurance,
    Metadata(String),
    Ignored,
}

impl Column {
    fn of(member: &str) -> Option<Self> {
        Some(match member {
            "external_user_id" => Self::User,
            "refresh_token" => Self::RefreshToken,
            "connector" => Self::Connector,
            "app_key" => Self::AppKey,
            "provider_account_id" => Self::ProviderAccount,
            "scopes" => Self::Scopes,
            "user_label" => Self::Label,
            "assurance" => Self::Assurance,
            other => Self::Metadata(other.strip_prefix("metadata.")?.to_owned()),
        })
    }
}

/// Converts the table.
pub(super) fn convert(arguments: &Arguments, output: &mut Converted) -> anyhow::Result<()> {
    let delimiter = u8::try_from(arguments.delimiter).context("--delimiter must be one ASCII character")?;
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(open(&arguments.source.file)?);
    let columns = columns(reader.headers().context("the heading cannot be read")?, arguments)?;
    for row in reader.records() {
        let row = row.context("the table cannot be read")?;
        let line = row.position().map_or(0, csv::Position::line);
        match grant(&row, &columns) {
            Ok(grant) => output.grant(&grant)?,
            Err(why) => output.leave_out(&format!("line {line}"), why),
        }
    }
    Ok(())
}

/// What each column has. Headings are not repeated, because the table may have none and begin with a token.
fn columns(headings: &StringRecord, arguments: &Arguments) -> anyhow::Result<Vec<Column>> {
    let mut columns = Vec::new();
    for (at, heading) in headings.iter().enumerate() {
        let named = arguments.columns.iter().find(|(_, named)| named == heading);
        let column = if arguments.ignored.iter().any(|ignored| ignored == heading) {
            Some(Column::Ignored)
        } else {
            Column::of(named.map_or(heading, |(member, _)| member))
        };
        let Some(column) = column else {
            bail!(
                "the heading of column {} is no member of the format: name it with --column MEMBER=HEADING, or leave the column out with \
                 --ignore HEADING",
                at + 1
            );
        };
        columns.push(column);
    }
    for (member, heading) in &arguments.columns {
        if !headings.iter().any(|found| found == heading) {
            bail!("the table has no column with the heading that --column names for {member}");
        }
    }
    let has = |wanted: fn(&Column) -> bool| columns.iter().any(wanted);
    if !has(|column| matches!(column, Column::User)) || !has(|column| matches!(column, Column::RefreshToken))
    {
        bail!(
            "the table needs the columns external_user_id and refresh_token: name them with --column MEMBER=HEADING"
        );
    }
    Ok(columns)
}

fn grant(row: &StringRecord, columns: &[Column]) -> Result<GrantRecord, &'static str> {
    if row.len() != columns.len() {
        return Err("it does not have as many columns as the heading");
    }
    let mut grant = GrantRecord::default();
    let mut metadata = BTreeMap::new();
    for (column, value) in columns.iter().zip(row).filter(|(_, value)| !value.is_empty()) {
        let text = || Some(value.to_owned());
        match column {
            Column::User => grant.external_user_id = text(),
            Column::RefreshToken => grant.refresh_token = Some(value.into()),
            Column::Connector => grant.connector = text(),
            Column::AppKey => grant.app_key = text(),
            Column::ProviderAccount => grant.provider_account_id = text(),
            Column::Scopes => grant.scopes = Some(value.split_whitespace().map(str::to_owned).collect()),
            Column::Label => grant.user_label = text(),
            Column::Assurance => {
                let assurance = value.parse().map_err(|_| "assurance must be confirmed or browser")?;
                grant.assurance = Some(assurance);
            }
            Column::Metadata(name) => drop(metadata.insert(name.clone(), value.to_owned())),
            Column::Ignored => {}
        }
    }
    grant.metadata = Some(metadata).filter(|metadata| !metadata.is_empty());
    if grant.external_user_id.is_none() || grant.refresh_token.is_none() {
        return Err("external_user_id or refresh_token is empty");
    }
    Ok(grant)
}

#[cfg(test)]
mod tests {
    use bowline_api::status::Assurance;
    use secrecy::ExposeSecret as _;

    use super::*;

    fn arguments(columns: &[&str], ignored: &[&str]) -> Arguments {
        Arguments {
            source: Source { file: "-".into() },
            columns: columns.iter().map(|text| pair(text).unwrap()).collect(),
            ignored: ignored.iter().map(|&text| text.to_owned()).collect(),
            delimiter: ',',
        }
    }

    fn rows(text: &str, arguments: &Arguments) -> anyhow::Result<Vec<Result<GrantRecord, &'static str>>> {
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let columns = columns(reader.headers()?, arguments)?;
        reader.records().map(|row| Ok(grant(&row?, &columns))).collect()
    }

    #[test]
    fn headings_are_members_or_are_named() {
        let text = "uid,refresh_token,scopes,metadata.plan,assurance,note\n\"a, b\",t1,x.read y.read,team,confirmed,n\nu2,t2,,,,\n,t3,,,,\nu4\n";
        let all = rows(text, &arguments(&["external_user_id=uid"], &["note"])).unwrap();
        let first = all[0].as_ref().ok().unwrap();
        assert_eq!(first.external_user_id.as_deref(), Some("a, b"));
        assert_eq!(first.refresh_token.as_ref().unwrap().expose_secret(), "t1");
        assert_eq!(first.scopes.as_deref().unwrap(), ["x.read", "y.read"]);
        assert_eq!(first.metadata.as_ref().unwrap()["plan"], "team");
        assert_eq!(first.assurance, Some(Assurance::Confirmed));
        let second = all[1].as_ref().ok().unwrap();
        assert!(second.scopes.is_none() && second.metadata.is_none() && second.assurance.is_none());
        assert!(all[2].is_err() && all[3].is_err());
    }

    #[test]
    fn a_table_without_a_heading_is_refused_and_not_shown() {
        let error = rows("user-1,SECRET\n", &arguments(&[], &[])).err().unwrap();
        assert!(!format!("{error:#}").contains("SECRET"), "{error:#}");
        assert!(rows("external_user_id\nu\n", &arguments(&[], &[])).is_err());
        assert!(rows("uid,refresh_token\nu,t\n", &arguments(&["external_user_id=user"], &["uid"])).is_err());
        assert!(pair("nothing=x").is_err() && pair("x").is_err());
    }
}
