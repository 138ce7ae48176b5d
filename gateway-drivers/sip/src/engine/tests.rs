//! Whole stories: the engine and phones on a virtual clock, over a wire that loses what it is told
//! to, or by seeded chance.

mod called;
mod calling;
mod changing;
mod floods;
mod lamps;
mod odd;
mod office;
mod phone;
mod registering;
mod streams;
