//! The form of a login: where, who, and the password.

use crate::client::ServerUrl;

use super::text_field::TextField;

/// Fields in the order of the tab key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFocus {
    /// The server's URL.
    Server,
    /// The operator's name.
    Name,
    /// The password.
    Password,
}

/// The form.
#[derive(Debug)]
pub struct LoginForm {
    /// Where.
    pub server: TextField,
    /// Who.
    pub name: TextField,
    /// Drawn as dots.
    pub password: TextField,
    /// Where keys go.
    pub focus: LoginFocus,
    /// Why it is shown, or why the last try failed.
    pub message: Option<String>,
    /// Which of the known contexts fills the form.
    pub context: Option<usize>,
}

impl LoginForm {
    /// A form that asks for what is not known yet.
    pub fn new(server: &str, name: &str, message: Option<String>) -> Self {
        let focus = match (server, name) {
            ("", _) => LoginFocus::Server,
            (_, "") => LoginFocus::Name,
            _ => LoginFocus::Password,
        };
        Self {
            server: TextField::new(server),
            name: TextField::new(name),
            password: TextField::default(),
            focus,
            message,
            context: None,
        }
    }

    /// The field that keys go to.
    pub fn focused(&mut self) -> &mut TextField {
        match self.focus {
            LoginFocus::Server => &mut self.server,
            LoginFocus::Name => &mut self.name,
            LoginFocus::Password => &mut self.password,
        }
    }

    /// Moves to the next field.
    pub fn next(&mut self) {
        self.focus = match self.focus {
            LoginFocus::Server => LoginFocus::Name,
            LoginFocus::Name => LoginFocus::Password,
            LoginFocus::Password => LoginFocus::Server,
        };
    }

    /// Moves to the field before.
    pub fn previous(&mut self) {
        self.next();
        self.next();
    }

    /// The server if everything is filled in, else what is missing or wrong, with the focus moved there.
    pub fn complete(&mut self, insecure_http: bool) -> Result<ServerUrl, String> {
        let server = ServerUrl::parse(self.server.text(), insecure_http).map_err(|e| {
            self.focus = LoginFocus::Server;
            e.to_string()
        })?;
        for (field, focus, what) in [
            (&self.name, LoginFocus::Name, "your login name is missing"),
            (&self.password, LoginFocus::Password, "the password is missing"),
        ] {
            if field.text().is_empty() {
                self.focus = focus;
                return Err(what.to_owned());
            }
        }
        Ok(server)
    }
}
