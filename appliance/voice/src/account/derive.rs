//! Argon2id, and the keys that come from it.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::AccountError;
use crate::seal::expand;

/// The salt that a new account gets.
pub const SALT_LEN: usize = 16;

/// The costs of Argon2id, within the bounds that a client accepts from a server:
/// 8 MiB to 256 MiB, 1 to 10 passes, 1 to 4 lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Costs {
    /// What a new account gets: 64 MiB, 3 passes, 1 lane (RFC 9106's second choice, on one
    /// lane because a browser has one).
    pub const USUAL: Costs = Costs { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// The least that a client accepts: for a password that is a random key.
    pub const LEAST: Costs = Costs { memory_kib: 8 * 1024, passes: 1, lanes: 1 };

    /// Costs as a server names them, refused outside the bounds: less would be weak against a
    /// thief of the verifier, more would let a hostile server stall its clients.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Costs, AccountError> {
        let allowed = (8 * 1024..=256 * 1024).contains(&memory_kib)
            && (1..=10).contains(&passes)
            && (1..=4).contains(&lanes);
        if allowed {
            Ok(Costs { memory_kib, passes, lanes })
        } else {
            Err(AccountError::Costs { memory_kib, passes, lanes })
        }
    }

    /// Memory in KiB.
    pub fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes.
    pub fn lanes(&self) -> u32 {
        self.lanes
    }
}

/// A salt for a new account or a new password.
pub fn new_salt(rng: &mut impl CryptoRng) -> [u8; SALT_LEN] {
    let mut salt = [0; SALT_LEN];
    rng.fill_bytes(&mut salt);
    salt
}

/// Proves the password to the server; see [`super::proof`]. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LoginKey(pub(super) [u8; 32]);

/// Opens the account's private key; see [`super::lock`]. Never leaves the client. Wiped when
/// dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct WrapKey(pub(super) [u8; 32]);

/// The two keys of a password. Takes as long as the costs say: a quarter of a second or so.
pub fn derive(
    password: &str,
    salt: &[u8],
    costs: &Costs,
) -> Result<(LoginKey, WrapKey), AccountError> {
    let master = master(password.as_bytes(), salt, costs)?;
    let login = expand::<32>(master.as_slice(), None, &[b"ivm login"]);
    let wrap = expand::<32>(master.as_slice(), None, &[b"ivm wrap"]);
    Ok((LoginKey(*login), WrapKey(*wrap)))
}

fn master(
    password: &[u8],
    salt: &[u8],
    costs: &Costs,
) -> Result<Zeroizing<[u8; 32]>, AccountError> {
    if !(16..=64).contains(&salt.len()) {
        return Err(AccountError::Salt(salt.len()));
    }
    let refused = AccountError::Costs {
        memory_kib: costs.memory_kib,
        passes: costs.passes,
        lanes: costs.lanes,
    };
    let params =
        Params::new(costs.memory_kib, costs.passes, costs.lanes, Some(32)).map_err(|_| refused)?;
    let mut blocks = Vec::new();
    // A browser may not give the memory; that must be an error, not an abort.
    blocks.try_reserve_exact(params.block_count()).map_err(|_| AccountError::Memory)?;
    blocks.resize(params.block_count(), Block::default());
    let mut master = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, master.as_mut_slice(), &mut blocks)
        .map_err(|_| refused)?;
    Ok(master)
}

#[cfg(test)]
mod tests {
    use super::{Costs, derive};
    use crate::account::AccountError;

    #[test]
    fn costs_out_of_bounds_are_refused() {
        for (memory_kib, passes, lanes) in [
            (8 * 1024 - 1, 1, 1),
            (256 * 1024 + 1, 1, 1),
            (8 * 1024, 0, 1),
            (8 * 1024, 11, 1),
            (8 * 1024, 1, 0),
            (8 * 1024, 1, 5),
            (u32::MAX, u32::MAX, u32::MAX),
        ] {
            let error = AccountError::Costs { memory_kib, passes, lanes };
            assert_eq!(Costs::new(memory_kib, passes, lanes), Err(error));
        }
        assert!(Costs::new(256 * 1024, 10, 4).is_ok());
    }

    #[test]
    fn a_salt_of_impossible_length_is_refused() {
        let costs = Costs::new(8 * 1024, 1, 1).expect("in bounds");
        for length in [0, 15, 65] {
            let result = derive("password", &vec![0; length], &costs);
            assert_eq!(result.err(), Some(AccountError::Salt(length)));
        }
    }

    // ruling f
    #[test]
    fn the_keys_depend_on_password_salt_and_costs() {
        let costs = Costs::new(8 * 1024, 1, 1).expect("in bounds");
        let other = Costs::new(8 * 1024, 2, 1).expect("in bounds");
        let (login, wrap) = derive("password", &[1; 16], &costs).expect("in bounds");
        assert_ne!(login.0, wrap.0);
        for (password, salt, costs) in [
            ("Password", [1; 16], &costs),
            ("password", [2; 16], &costs),
            ("password", [1; 16], &other),
        ] {
            let (changed, _) = derive(password, &salt, costs).expect("in bounds");
            assert_ne!(changed.0, login.0);
        }
    }
}
