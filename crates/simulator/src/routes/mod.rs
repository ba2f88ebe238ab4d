//! The endpoints, one family in each module.

pub(crate) mod account;
pub(crate) mod control;
pub(crate) mod derived;
pub(crate) mod generate;
pub(crate) mod media;
pub(crate) mod record;
pub(crate) mod upload;
