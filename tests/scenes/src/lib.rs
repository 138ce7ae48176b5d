//! Scenes: clients and server over a simulated wire, in virtual time.

#[cfg(test)]
mod acts;
#[cfg(test)]
mod attachments;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod live;
#[cfg(test)]
mod losses;
#[cfg(test)]
mod people;
#[cfg(test)]
mod record;
#[cfg(test)]
mod session;
#[cfg(test)]
mod telephones;
