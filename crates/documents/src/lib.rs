//! The paper of the one-stop shop.
