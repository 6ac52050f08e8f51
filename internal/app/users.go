package app

import (
	"context"
	"errors"
	"fmt"

	"halxml/internal/auth"
	"halxml/internal/config"
	"halxml/internal/errs"
	"halxml/store"
	"halxml/store/bolt"
)

// User is what an operator sees of a user.
type User struct {
	Name, FullName string
	Disabled       bool
}

// Users lists the users of a stopped service, by id.
func Users(ctx context.Context, c *config.Config) (all []User, err error) {
	err = withData(ctx, c, func(s *bolt.Store) error {
		return s.View(ctx, func(tx store.Tx) error {
			all = nil
			for u, err := range store.NewSchema().Users.All(tx) {
				if err != nil {
					return err
				}
				all = append(all, User{Name: u.Name, FullName: u.FullName, Disabled: u.Disabled})
			}
			return nil
		})
	})
	return all, err
}

// HasUser is nil when a stopped service has the user, and otherwise says why
// the user's password cannot be set.
func HasUser(ctx context.Context, c *config.Config, name string) error {
	return withData(ctx, c, func(s *bolt.Store) error {
		return s.View(ctx, func(tx store.Tx) error {
			_, err := store.NewSchema().UsersByName.First(tx, store.NameKey(name))
			if errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("there is no user %q", name)
			}
			return err
		})
	})
}

// SetPassword sets the password of a stopped service's user and ends the
// user's sessions.
func SetPassword(ctx context.Context, c *config.Config, name, password string) error {
	return withData(ctx, c, func(s *bolt.Store) error {
		a, err := auth.New(auth.Options{Store: s, Schema: store.NewSchema()})
		if err != nil {
			return err
		}
		return errors.Join(public(a.SetPassword(ctx, name, password)), a.Close())
	})
}

// public is the text of an error that a caller of the service would see.
func public(err error) error {
	if err == nil || errs.CodeOf(err) == errs.Internal {
		return err
	}
	return errors.New(errs.MessageOf(err))
}
