//! A parser for the text form of Postgres's trees (`nodeToString`), as far as needed to find functions.

/// `{TAG :field value …}`, or a list, which has neither a tag nor field names.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) tag: String,
    fields: Vec<(String, Node)>,
    /// Values that are neither nodes nor lists.
    words: Vec<String>,
}

impl Node {
    /// The field with this name.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, node)| node)
    }

    /// The single word of a field.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        self.field(name)?.words.first().map(String::as_str)
    }

    /// The nodes of a list.
    pub(super) fn items(&self) -> Vec<&Self> {
        match self.fields.first() {
            // A field contains its list as the only element.
            Some((_, list)) if self.tag.is_empty() && self.fields.len() == 1 && list.tag.is_empty() => {
                list.items()
            }
            _ => self.fields.iter().map(|(_, node)| node).collect(),
        }
    }

    /// Visits this node and all nodes below it.
    pub(super) fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        for (_, node) in &self.fields {
            node.visit(see);
        }
    }

    /// Whether this node or one below it satisfies the condition.
    pub(super) fn any(&self, is: &impl Fn(&Self) -> bool) -> bool {
        is(self) || self.fields.iter().any(|(_, node)| node.any(is))
    }
}

/// Splits a text into braces, parentheses and words; a backslash escapes the next character.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '{' | '}' | '(' | ')' => {
                tokens.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                tokens.push(c.to_string());
            }
            c if c.is_whitespace() => tokens.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            '\\' => {
                word.push('\\');
                word.extend(characters.next());
            }
            c => word.push(c),
        }
    }
    tokens.extend((!word.is_empty()).then_some(word));
    tokens
}

/// Parses a text; `None` if it is incomplete.
pub(super) fn parse(text: &str) -> Option<Node> {
    let tokens = tokens(text);
    let mut tokens = tokens.iter().map(String::as_str);
    let tree = list(&mut tokens, None)?;
    tokens.next().is_none().then_some(tree)
}

/// Parses everything up to `end`, or up to the end of the text.
fn list<'a>(tokens: &mut impl Iterator<Item = &'a str>, end: Option<&str>) -> Option<Node> {
    let mut all = Node::default();
    loop {
        match tokens.next() {
            Some("{") => all.fields.push((String::new(), node(tokens)?)),
            Some("(") => all.fields.push((String::new(), list(tokens, Some(")"))?)),
            token if token == end => return Some(all),
            Some(word) => all.words.push(word.to_owned()),
            None => return None,
        }
    }
}

fn node<'a>(tokens: &mut impl Iterator<Item = &'a str>) -> Option<Node> {
    let mut node = Node { tag: tokens.next()?.to_owned(), ..Node::default() };
    loop {
        match tokens.next()? {
            "}" => return Some(node),
            name if name.starts_with(':') => {
                node.fields.push((name.trim_start_matches(':').to_owned(), Node::default()));
            }
            token => {
                let value = match token {
                    "{" => self::node(tokens)?,
                    "(" => list(tokens, Some(")"))?,
                    word => {
                        let (_, field) = node.fields.last_mut()?;
                        field.words.push(word.to_owned());
                        continue;
                    }
                };
                let (_, field) = node.fields.last_mut()?;
                // A node becomes the field itself; further ones are added beside it.
                if field.tag.is_empty() && field.fields.is_empty() && !value.tag.is_empty() {
                    *field = value;
                } else {
                    field.fields.push((String::new(), value));
                }
            }
        }
    }
}
