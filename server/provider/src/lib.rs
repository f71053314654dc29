//! OAuth clients of the providers that accounts are linked at.
