//! The credential that a handler requires, derived from the types in its signature, so that the OpenAPI document
//! matches the guards.

use bowline_api::status::{Permission, Role};

/// The credential that a route requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// An API key with this permission.
    ApiKey(Permission),
    /// A session of an operator with at least this role.
    Operator(Role),
}

/// The type of an argument of a documented route's handler. A guard that checks a credential names it here.
pub trait Argument {
    /// The credential that it checks.
    const SECURITY: Option<Security> = None;
}

impl Argument for &str {}
impl<T: Argument> Argument for Option<T> {}
impl<T: Send + Sync + 'static> Argument for &rocket::State<T> {}

/// A function that handles a route.
pub trait Handler<Arguments> {
    /// The credential that its guards check.
    fn security(&self) -> Option<Security>;
}

/// Implements [`Handler`] for functions of these arguments, and for those of all but the first.
macro_rules! handlers {
    () => {};
    ($first:ident $($rest:ident)*) => {
        impl<F, Answer, $first: Argument, $($rest: Argument),*> Handler<($first, $($rest,)*)> for F
        where
            F: Fn($first, $($rest),*) -> Answer,
        {
            fn security(&self) -> Option<Security> {
                [$first::SECURITY, $($rest::SECURITY),*].into_iter().flatten().next()
            }
        }
        handlers!($($rest)*);
    };
}

handlers!(A1 A2 A3 A4 A5 A6 A7 A8);
