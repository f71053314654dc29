//! List cursors. They are signed, so that every replica rejects one that was edited or belongs to another list.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_api::Page;
use bowline_vault::KeyRing;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::domain::{Code, Error, Result};

/// The purpose of the key that signs cursors.
const CURSOR_KEY_LABEL: &str = "list cursor";
/// The lengths in bytes of the key ring's version at the front and of the tag at the end.
const CURSOR_VERSION_LEN: usize = 4;
const CURSOR_TAG_LEN: usize = 32;
/// The longest cursor in characters. Ours are far shorter.
const MAX_CURSOR: usize = 2048;

/// The direction of a page from its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// The rows after it, in list order.
    #[serde(rename = "a")]
    After,
    /// The rows before it.
    #[serde(rename = "b")]
    Before,
}

/// A position in a list: the sort key of a row, and the direction from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor<Key> {
    /// The direction.
    #[serde(rename = "d")]
    pub direction: Direction,
    /// The starting row.
    #[serde(rename = "k")]
    pub key: Key,
}

impl<Key> Cursor<Key> {
    /// Whether the cursor leads to the previous rows.
    pub fn is_backwards(&self) -> bool {
        self.direction == Direction::Before
    }
}

/// A list that cursors belong to: its name, and everything that determines its rows and their order (tenant, filter,
/// sort).
pub struct List<'a> {
    ring: &'a KeyRing,
    binding: Vec<u8>,
}

impl<'a> List<'a> {
    /// The list `name` under `filter`.
    ///
    /// # Errors
    /// Never in practice: all filters can be represented in JSON.
    pub fn new(ring: &'a KeyRing, name: &str, filter: &impl Serialize) -> Result<Self> {
        let binding = serde_json::to_vec(&(name, filter)).map_err(unrepresentable_cursor)?;
        Ok(Self { ring, binding })
    }

    /// Writes a cursor as text.
    ///
    /// # Errors
    /// If no key can be derived from the active master key.
    pub fn write<Key: Serialize>(&self, cursor: &Cursor<Key>) -> Result<String> {
        let version = self.ring.active();
        let mut bytes = version.to_be_bytes().to_vec();
        serde_json::to_writer(&mut bytes, cursor).map_err(unrepresentable_cursor)?;
        let tag = self.cursor_mac(version, &bytes)?.finalize().into_bytes();
        bytes.write_all(&tag).map_err(|source| Error::internal("writing a cursor", source))?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a cursor.
    ///
    /// # Errors
    /// `invalid_cursor` if it was edited, or belongs to another list, filter or order.
    pub fn read<Key: DeserializeOwned>(&self, text: Option<&str>) -> Result<Option<Cursor<Key>>> {
        let Some(text) = text else { return Ok(None) };
        let refusal =
            || Code::InvalidCursor.because("use a cursor unchanged, with the same filter and sort order");
        let bytes = (text.len() <= MAX_CURSOR).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten();
        let bytes = bytes.ok_or_else(refusal)?;
        let at = bytes
            .len()
            .checked_sub(CURSOR_TAG_LEN)
            .filter(|at| *at >= CURSOR_VERSION_LEN)
            .ok_or_else(refusal)?;
        let (signed, tag) = bytes.split_at(at);
        let (version, payload) = signed.split_first_chunk::<CURSOR_VERSION_LEN>().ok_or_else(refusal)?;
        let mac = self.cursor_mac(u32::from_be_bytes(*version), signed).map_err(|_| refusal())?;
        mac.verify_slice(tag).map_err(|_| refusal())?;
        serde_json::from_slice(payload).map(Some).map_err(|_| refusal().into())
    }

    /// Makes a page from `rows`, which are up to `limit` rows and one more, in the direction of `asked`.
    ///
    /// # Errors
    /// As for [`write`](Self::write).
    pub fn page<Row, Key: Serialize>(
        &self,
        asked: Option<&Cursor<Key>>,
        mut rows: Vec<Row>,
        limit: i64,
        key: impl Fn(&Row) -> Key,
    ) -> Result<Page<Row>> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let backwards = asked.is_some_and(Cursor::is_backwards);
        if backwards {
            rows.reverse();
        }
        let (has_next, has_prev) = if backwards { (true, has_more) } else { (has_more, asked.is_some()) };
        let cursor = |wanted: bool, row: Option<&Row>, direction| match row {
            Some(row) if wanted => self.write(&Cursor { direction, key: key(row) }).map(Some),
            _ => Ok(None),
        };
        Ok(Page {
            next: cursor(has_next, rows.last(), Direction::After)?,
            prev: cursor(has_prev, rows.first(), Direction::Before)?,
            items: rows,
            total: None,
            unknown_state: Vec::new(),
            incomplete: false,
        })
    }

    fn cursor_mac(&self, version: u32, signed: &[u8]) -> Result<Hmac<Sha256>> {
        let key = self
            .ring
            .derive(version, CURSOR_KEY_LABEL)
            .map_err(|source| Error::internal("deriving the key of cursors", source))?;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice())
            .map_err(|source| Error::internal("the key of cursors", source))?;
        // The length keeps the end of the filter from being mistaken for the beginning of the cursor.
        mac.update(&u64::try_from(self.binding.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(&self.binding);
        mac.update(signed);
        Ok(mac)
    }
}

/// Converts the items of a page.
pub fn map<Row, Item>(page: Page<Row>, item: impl FnMut(Row) -> Item) -> Page<Item> {
    let Page { items, next, prev, total, unknown_state, incomplete } = page;
    Page { items: items.into_iter().map(item).collect(), next, prev, total, unknown_state, incomplete }
}

/// Like [`map`], for conversions that can fail. A row in a state that only a newer version knows is omitted, and the
/// page names its id, so that one such row does not make the whole list fail.
///
/// # Errors
/// The first error of an item, except `unknown_state`.
pub fn try_map<Row, Id: ToString, Item>(
    mut page: Page<Row>,
    id: impl Fn(&Row) -> Id,
    item: impl Fn(Row) -> Result<Item>,
) -> Result<Page<Item>> {
    let mut unknown_state = std::mem::take(&mut page.unknown_state);
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items.drain(..) {
        let id = id(&row);
        match item(row) {
            Ok(item) => items.push(item),
            Err(error) if error.code() == Code::UnknownState => unknown_state.push(id.to_string()),
            Err(error) => return Err(error),
        }
    }
    let Page { next, prev, total, incomplete, .. } = page;
    Ok(Page { items, next, prev, total, unknown_state, incomplete })
}

/// A complete list as a single page.
pub fn whole<Item>(items: Vec<Item>) -> Page<Item> {
    Page { items, next: None, prev: None, total: None, unknown_state: Vec::new(), incomplete: false }
}

fn unrepresentable_cursor(source: serde_json::Error) -> Error {
    Error::internal("a cursor is not representable", source)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn key_ring() -> KeyRing {
        KeyRing::generate(DateTime::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn opens_in_its_own_list_alone_and_only_as_it_was() {
        let ring = key_ring();
        let list = List::new(&ring, "accounts", &("acme", "newest")).unwrap();
        let cursor = Cursor { direction: Direction::After, key: (7_i64, "x".to_owned()) };
        let text = list.write(&cursor).unwrap();
        assert_eq!(list.read(Some(&text)).unwrap(), Some(cursor));
        assert_eq!(list.read::<(i64, String)>(None).unwrap(), None);
        let others = [("accounts", ("acme", "oldest")), ("events", ("acme", "newest"))];
        for (name, filter) in others {
            let other = List::new(&ring, name, &filter).unwrap();
            let error = other.read::<(i64, String)>(Some(&text)).unwrap_err();
            assert_eq!(error.code(), Code::InvalidCursor);
        }
        for at in 0..text.len() {
            let mut edited = text.clone().into_bytes();
            edited[at] = if edited[at] == b'A' { b'B' } else { b'A' };
            let edited = String::from_utf8(edited).unwrap();
            // The last character may contain unused bits. Those are rejected as well.
            let error = list.read::<(i64, String)>(Some(&edited)).unwrap_err();
            assert_eq!(error.code(), Code::InvalidCursor, "edited at {at}");
        }
        for bad in ["", "AAAA", &"A".repeat(5000), "…"] {
            assert!(list.read::<(i64, String)>(Some(bad)).is_err());
        }
    }

    #[test]
    fn works_with_every_key_of_the_ring_and_with_no_other_ring() {
        let mut rotated = key_ring();
        let cursor = Cursor { direction: Direction::Before, key: 1 };
        let old = List::new(&rotated, "l", &()).unwrap().write(&cursor).unwrap();
        rotated.add_version(DateTime::UNIX_EPOCH).unwrap();
        let list = List::new(&rotated, "l", &()).unwrap();
        assert_eq!(list.read(Some(&old)).unwrap(), Some(cursor.clone()));
        assert_ne!(list.write(&cursor).unwrap(), old);
        let foreign = key_ring();
        assert!(List::new(&foreign, "l", &()).unwrap().read::<i32>(Some(&old)).is_err());
    }

    #[test]
    fn a_page_leads_on_only_where_there_is_more() {
        let ring = key_ring();
        let list = List::new(&ring, "l", &()).unwrap();
        let first = list.page(None, vec![1, 2, 3], 2, |row| *row).unwrap();
        assert_eq!(first.items, [1, 2]);
        assert!(first.prev.is_none());
        let next: Cursor<i32> = list.read(first.next.as_deref()).unwrap().unwrap();
        assert_eq!(next, Cursor { direction: Direction::After, key: 2 });
        let tail = list.page(Some(&next), vec![3], 2, |row| *row).unwrap();
        assert!(tail.next.is_none());
        let back: Cursor<i32> = list.read(tail.prev.as_deref()).unwrap().unwrap();
        assert_eq!(back, Cursor { direction: Direction::Before, key: 3 });
        let again = list.page(Some(&back), vec![2, 1], 2, |row| *row).unwrap();
        assert_eq!(again.items, [1, 2]);
        assert!(again.prev.is_none() && again.next.is_some());
    }

    #[test]
    fn a_row_in_an_unknown_state_is_left_out_and_the_others_are_listed() {
        let show = |row| match row {
            2 => Err(crate::domain::unknown_state("hibernating")),
            4 => Err(Error::not_found()),
            row => Ok(row * 10),
        };
        let page = try_map(whole(vec![1, 2, 3]), |row| format!("row_{row}"), show).unwrap();
        assert_eq!((page.items, page.unknown_state), (vec![10, 30], vec!["row_2".to_owned()]));
        assert_eq!(try_map(whole(vec![1, 4]), |row| *row, show).unwrap_err().code(), Code::NotFound);
    }
}
