package command

import (
	"errors"
	"slices"
	"strings"

	"halxml/internal/model"
	"halxml/internal/wire"
	"halxml/store"
	"halxml/wsdl/hal"
)

// The system settings, each of which changes what commands do.
const (
	// settingSaveComment is Off (comments are not kept), Optional, or Required
	// of every change.
	settingSaveComment = "saveComment"
	// settingReservationsInPools lets reservations lie in address pools of ISC
	// servers, which are split around them.
	settingReservationsInPools = "allowReservationsInPools"
	// settingInheritAccess is whether new ranges take their access from their
	// parent, where the request does not say.
	settingInheritAccess = "inheritAccess"
)

// Values of saveComment.
const (
	commentOff      = "Off"
	commentOptional = "Optional"
	commentRequired = "Required"
)

// systemSetting is a setting with its default and the values to choose from.
type systemSetting struct {
	name, usual string
	values      []string
}

// systemSettings has the settings in the order in which they are listed.
var systemSettings = []systemSetting{
	{settingSaveComment, commentOptional, []string{commentOff, commentOptional, commentRequired}},
	{settingReservationsInPools, "false", []string{"true", "false"}},
	{settingInheritAccess, "true", []string{"true", "false"}},
}

// setting is the value of a system setting.
func (c *call) setting(name string) (string, error) {
	s, err := c.schema.SettingsByName.First(c.tx, store.NameKey(name))
	switch {
	case err == nil:
		return s.Value, nil
	case !errors.Is(err, store.ErrNotFound):
		return "", err
	}
	for _, s := range systemSettings {
		if s.name == name {
			return s.usual, nil
		}
	}
	return "", nil
}

// allows is a setting that is true or false.
func (c *call) allows(name string) (bool, error) {
	value, err := c.setting(name)
	return value == "true", err
}

func getSystemSettings(c *call, _ *hal.GetSystemSettings) (*hal.GetSystemSettingsResponse, error) {
	out := &hal.GetSystemSettingsResponse{SystemSettings: make([]hal.SystemSetting, len(systemSettings))}
	for i, s := range systemSettings {
		value, err := c.setting(s.name)
		if err != nil {
			return nil, err
		}
		out.SystemSettings[i] = hal.SystemSetting{Name: hal.Some(s.name), Value: hal.Some(value)}
	}
	return out, nil
}

// setSystemSettings changes the settings that are given; an empty value is the
// default.
func setSystemSettings(c *call, req *hal.SetSystemSettings) (*hal.SetSystemSettingsResponse, error) {
	if len(req.SystemSettings) == 0 {
		return nil, required("systemSettings")
	}
	var changes []string
	given := map[string]bool{}
	for _, in := range req.SystemSettings {
		if strings.TrimSpace(in.Name.V) == "" {
			return nil, required("systemSettings.name")
		}
		i := slices.IndexFunc(systemSettings, func(s systemSetting) bool {
			return strings.EqualFold(s.name, strings.TrimSpace(in.Name.V))
		})
		if i < 0 {
			return nil, invalid("systemSettings", "there is no setting %s", quote(in.Name.V))
		}
		known := systemSettings[i]
		if given[known.name] {
			return nil, invalid("systemSettings", "%s is given twice", known.name)
		}
		given[known.name] = true
		value := known.usual
		if text := strings.TrimSpace(in.Value.V); text != "" {
			if b, ok := wire.ParseBool(text); ok && known.values[0] == "true" {
				text = wire.Bool(b)
			}
			j := slices.IndexFunc(known.values, func(v string) bool { return strings.EqualFold(v, text) })
			if j < 0 {
				return nil, invalid("systemSettings."+known.name, "%s is not one of %s", quote(in.Value.V), strings.Join(known.values, ", "))
			}
			value = known.values[j]
		}
		before, err := c.setting(known.name)
		if err != nil {
			return nil, err
		}
		if value == before {
			continue
		}
		if err := c.keepSetting(known.name, value); err != nil {
			return nil, err
		}
		changes = append(changes, known.name+" "+quote(before)+" → "+quote(value))
	}
	if len(changes) == 0 {
		return &hal.SetSystemSettingsResponse{}, nil
	}
	return &hal.SetSystemSettingsResponse{}, c.record(model.Modification, suite, "System settings", "System settings modified: %s", strings.Join(changes, ", "))
}

func (c *call) keepSetting(name, value string) error {
	s, err := c.schema.SettingsByName.First(c.tx, store.NameKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return c.schema.Settings.Insert(c.tx, &model.Setting{Name: name, Value: value})
	}
	if err != nil {
		return err
	}
	s.Value = value
	return c.schema.Settings.Update(c.tx, s)
}
