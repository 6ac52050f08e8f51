package auth

import (
	"context"
	"errors"

	"halxml/internal/errs"
	"halxml/internal/model"
	"halxml/store"
)

// AdministratorName is the login name of the user that always exists.
const AdministratorName = "administrator"

// EnsureAdministrator makes the administrator in a store that has none, with
// the password given or, if that is empty, a random one, which is returned this
// once. Where an administrator exists nothing changes.
func (a *Auth) EnsureAdministrator(ctx context.Context, password string) (generated string, created bool, err error) {
	exists := false
	err = a.opts.Store.View(ctx, func(tx store.Tx) error {
		_, err := a.opts.Schema.Users.Get(tx, model.AdministratorID)
		exists = err == nil
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	if err != nil || exists {
		return "", false, err
	}
	if password == "" {
		if generated, err = newToken(a.opts.Rand); err != nil {
			return "", false, err
		}
		password = generated
	}
	hash, err := a.HashPassword(ctx, password)
	if err != nil {
		return "", false, err
	}
	err = a.opts.Store.Update(ctx, func(tx store.Tx) error {
		return a.opts.Schema.Users.InsertWithID(tx, &model.User{
			ID: model.AdministratorID, Name: AdministratorName, FullName: "System Administrator", PasswordHash: hash,
		})
	})
	if err != nil {
		return "", false, err
	}
	return generated, true, nil
}

// SetPassword gives a user, by name, a new password and ends all the user's
// sessions.
func (a *Auth) SetPassword(ctx context.Context, user, password string) error {
	hash, err := a.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	var id model.ID
	err = a.opts.Store.Update(ctx, func(tx store.Tx) error {
		u, err := a.opts.Schema.UsersByName.First(tx, store.NameKey(user))
		if err != nil {
			return err
		}
		id = u.ID
		u.PasswordHash = hash
		if err := a.opts.Schema.Users.Update(tx, u); err != nil {
			return err
		}
		return a.EndSessions(tx, id)
	})
	if errors.Is(err, store.ErrNotFound) {
		return errs.Errorf(errs.NotFound, "Object not found for reference %q: there is no such user", user)
	}
	if err == nil {
		a.UserChanged(id)
	}
	return err
}

// EndSessions removes a user's sessions in the caller's transaction, as where
// the user is removed. UserChanged must follow once the transaction is done.
func (a *Auth) EndSessions(tx store.Tx, user model.ID) error {
	ids, err := a.sessionsOf(tx, user)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := a.opts.Schema.Sessions.Delete(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// UserChanged forgets what is remembered of a user. It is called after a
// transaction that changed, disabled or removed the user; without it that takes
// effect within a minute.
func (a *Auth) UserChanged(user model.ID) {
	a.sessions.dropUser(user)
	a.basic.dropUser(user)
}
