// Package auth tells who a caller is: it logs users in and out, and identifies
// them by session token or Authorization header. What a user may do is not its
// business.
//
// Tokens are 20 random letters and digits, as Micetro's are; only their SHA-256
// is stored. A session ends after an idle time, after an absolute one, at
// logout, and when its user's password changes. Sessions survive a restart.
// Sessions in use are kept in memory, so that identifying a caller neither reads
// nor writes the disk; their last use is written in the background.
//
// Passwords are kept as argon2id in PHC form. How many are hashed at once is
// capped, since each takes megabytes, and an unknown user costs the same hash as
// a wrong password.
//
// Failed logins are counted for each pair of user name and address. From the
// fifth on, the pair must wait, up to 30 seconds; other addresses of the same
// user never do. Who comes too early is refused at once with the seconds to
// wait, rather than held: held requests would cost a connection and a goroutine
// each, which is what an attacker would like. No password is looked at
// meanwhile, so waiting tells nothing about it.
package auth
