package authz

import "fmt"

// A Gain is what an escalation lets its holder become, or take.
type Gain uint8

// The gains. Those that say "in reach" work over the users that the permission
// reaches; the others wherever the permission reaches anything at all.
const (
	// GainLiveUsersInReach are the users of its reach that are live.
	GainLiveUsersInReach Gain = iota + 1
	// GainUsersInReach are the users of its reach that are not deleted.
	GainUsersInReach
	// GainLiveUsers is every user that is live.
	GainLiveUsers
	// GainUsers is every user that is not deleted.
	GainUsers
	// GainGroups is any active group, to be joined.
	GainGroups
	// GainOwnedGroups are the active groups among whose owners the principal is.
	GainOwnedGroups
	// GainClients are the client-credentials clients that are active or disabled.
	GainClients
	// GainTotal is everything, everywhere.
	GainTotal
)

var gainNames = [...]string{
	GainLiveUsersInReach: "live-users-in-reach",
	GainUsersInReach:     "users-in-reach",
	GainLiveUsers:        "live-users",
	GainUsers:            "users",
	GainGroups:           "groups",
	GainOwnedGroups:      "owned-groups",
	GainClients:          "clients",
	GainTotal:            "total",
}

// Gains returns the names of the gains, in a fixed order.
func Gains() []string { return append([]string(nil), gainNames[1:]...) }

// String returns the gain's name in data files and outputs.
func (g Gain) String() string {
	if g > 0 && int(g) < len(gainNames) {
		return gainNames[g]
	}
	return fmt.Sprintf("gain(%d)", uint8(g))
}

// ParseGain is the inverse of [Gain.String].
func ParseGain(s string) (Gain, error) {
	for g, name := range gainNames {
		if g > 0 && name == s {
			return Gain(g), nil
		}
	}
	return 0, fmt.Errorf("unknown gain %q: want one of %v", s, Gains())
}

// An Escalation is a way in which a principal can gain access that it does not
// have today.
type Escalation struct {
	Name string
	// Permissions give it, any of them; none for what ownership gives.
	Permissions []Pattern
	Gains       Gain
	// Documented says that the mechanism is documented; otherwise it is likely.
	Documented bool
	Reason     string
}
