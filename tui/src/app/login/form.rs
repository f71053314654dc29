//! The login form: server, name, password and, if the server asks for it, a one-time code.

use bowline_api::admin::SingleSignOn;
use secrecy::SecretString;

use crate::client::{Proof, ServerUrl, SignOnStep};
use crate::widget::call_state::CallState;
use crate::widget::text_field::TextField;

/// The login form's fields in tab order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFocus {
    /// The server's URL.
    Server,
    /// The operator's name.
    Name,
    /// The password.
    Password,
    /// The one-time code, once the server has asked for it.
    Code,
}

/// The login form.
#[derive(Debug)]
pub struct LoginForm {
    /// The server's URL.
    pub server: TextField,
    /// The operator's login name.
    pub name: TextField,
    /// The password, drawn as dots.
    pub password: TextField,
    /// The one-time code, once the server has asked for it.
    pub code: Option<TextField>,
    /// The field of the login form that receives keys.
    pub focus: LoginFocus,
    /// Why the form is shown, or why the last attempt failed.
    pub message: Option<String>,
    /// The index of the known context that fills the form.
    pub context: Option<usize>,
    /// The state of the call that logs in.
    pub call: CallState,
    /// The state of the call that asks how operators log in.
    pub methods_call: CallState,
    /// The server that was asked.
    pub(super) asked: Option<String>,
    /// The identity provider of the server that was asked, once the server has named it.
    pub(super) single_sign_on: Option<SingleSignOn>,
    /// What the operator has to do at the identity provider, while they log in there.
    pub step: Option<SignOnStep>,
}

impl LoginForm {
    /// A form whose focus is on the first empty field.
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
            code: None,
            focus,
            message,
            context: None,
            call: CallState::default(),
            methods_call: CallState::default(),
            asked: None,
            single_sign_on: None,
            step: None,
        }
    }

    /// The server to ask how operators log in, unless it was asked already. What is being typed is no server yet.
    pub(super) fn unasked(&self, insecure_http: bool) -> Option<ServerUrl> {
        if self.call.is_loading() || self.focus == LoginFocus::Server {
            return None;
        }
        let server = ServerUrl::parse(self.server.text(), insecure_http).ok()?;
        (self.asked.as_deref() != Some(server.as_str())).then_some(server)
    }

    /// The identity provider of the server that stands in the form, if it has one.
    pub(super) fn offered(&self) -> Option<&SingleSignOn> {
        let is_asked = self.asked.as_deref() == Some(self.server.text());
        self.single_sign_on.as_ref().filter(|_| is_asked)
    }

    /// The field of the login form that receives keys.
    pub fn focused(&mut self) -> &mut TextField {
        match self.focus {
            LoginFocus::Server => &mut self.server,
            LoginFocus::Name => &mut self.name,
            LoginFocus::Password => &mut self.password,
            LoginFocus::Code => self.code.get_or_insert_default(),
        }
    }

    /// Moves to the next field of the login form.
    pub fn next(&mut self) {
        self.focus = match self.focus {
            LoginFocus::Server => LoginFocus::Name,
            LoginFocus::Name => LoginFocus::Password,
            LoginFocus::Password if self.code.is_some() => LoginFocus::Code,
            LoginFocus::Password | LoginFocus::Code => LoginFocus::Server,
        };
    }

    /// Moves to the previous field of the login form.
    pub fn previous(&mut self) {
        self.focus = match self.focus {
            LoginFocus::Server if self.code.is_some() => LoginFocus::Code,
            LoginFocus::Server | LoginFocus::Code => LoginFocus::Password,
            LoginFocus::Name => LoginFocus::Server,
            LoginFocus::Password => LoginFocus::Name,
        };
    }

    /// Asks for a one-time code: the password is right.
    pub fn ask_for_code(&mut self) {
        self.code = Some(TextField::default());
        self.focus = LoginFocus::Code;
    }

    /// What the form proves with that it is the operator.
    pub fn proof(&self) -> Proof {
        let code = self.code.as_ref().map(|code| code.text().trim().to_owned());
        let code = code.filter(|code| !code.is_empty()).map(SecretString::from);
        Proof::typed(SecretString::from(self.password.text()), code)
    }

    /// Returns the server if its address is acceptable. Otherwise returns why not and moves the focus there.
    pub fn valid_server(&mut self, insecure_http: bool) -> Result<ServerUrl, String> {
        ServerUrl::parse(self.server.text(), insecure_http).map_err(|e| {
            self.focus = LoginFocus::Server;
            e.to_string()
        })
    }

    /// Returns the server if the form is complete. Otherwise returns what is missing or wrong and moves the focus
    /// there.
    pub fn complete(&mut self, insecure_http: bool) -> Result<ServerUrl, String> {
        let server = self.valid_server(insecure_http)?;
        for (field, focus, what) in [
            (&self.name, LoginFocus::Name, "your login name is missing"),
            (&self.password, LoginFocus::Password, "the password is missing"),
        ] {
            if field.text().is_empty() {
                let is_offered = self.offered().is_some();
                self.focus = focus;
                return Err(if is_offered {
                    format!("{what}; without one, log in with a browser")
                } else {
                    what.to_owned()
                });
            }
        }
        Ok(server)
    }
}
