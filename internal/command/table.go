package command

import "halxml/wsdl/hal"

// table has one row for each operation that is answered; the operations of the
// WSDL that are not are in unanswered.go.
func table() map[string]row {
	return map[string]row{
		"Login":  op(open, login),
		"Logout": op(open, logout),

		"AddDHCPServer":  op(write, addServer),
		"GetDHCPServer":  op(read, getServer),
		"GetDHCPServers": op(read, getServers),

		"AddRange":            op(write, addRange),
		"GetRange":            op(read, getRange),
		"GetRanges":           op(read, getRanges),
		"GetRangeByIPAddress": op(read, getRangeByIPAddress),
		"GetSubranges":        op(read, getSubranges),

		"GetNextFreeAddress":        op(direct, getNextFreeAddress),
		"Ping":                      op(direct, ping),
		"ReportHostDiscovery":       op(read, reportHostDiscovery),
		"GetIPAMRecord":             op(read, getIPAMRecord),
		"GetIPAMRecords":            op(read, getIPAMRecords),
		"GetAddressBlocks":          op(read, getAddressBlocks),
		"GetAvailableAddressBlocks": op(write, getAvailableAddressBlocks),
		"GetRangeStatistics":        op(read, getRangeStatistics),
		"GetRangesWithStatistics":   op(read, getRangesWithStatistics),
		"GetAddressesInUse":         op(read, getAddressesInUse),
		"GetRangeDiscovery":         op(read, getRangeDiscovery),
		"SetRangeDiscovery":         op(write, setRangeDiscovery),
		"GetRoutersForRange":        op(read, getRoutersForRange),
		"SetRoutersForRange":        op(write, setRoutersForRange),
		"SplitRange":                op(write, splitRange),
		"JoinRanges":                op(write, joinRanges),
		"SetIPAMRecord":             op(write, setIPAMRecord),
		"MoveIPAMRecord":            op(write, moveIPAMRecord),

		"AddDevice":     op(write, addDevice),
		"GetDevice":     op(read, getDevice),
		"GetDevices":    op(read, getDevices),
		"AddInterface":  op(write, addInterface),
		"GetInterface":  op(read, getInterface),
		"GetInterfaces": op(read, getInterfaces),

		"AddDHCPScope":  op(write, addScope),
		"GetDHCPScope":  op(read, getScope),
		"GetDHCPScopes": op(read, getScopes),

		"AddDHCPAddressPool":           op(write, addPool),
		"GetDHCPAddressPool":           op(read, getPool),
		"GetDHCPAddressPools":          op(read, getPools),
		"GetDHCPAddressPoolPermitList": op(read, getPermits),
		"SetDHCPAddressPoolPermitList": op(write, setPermits),

		"AddDHCPExclusion":  op(write, addExclusion),
		"GetDHCPExclusion":  op(read, getExclusion),
		"GetDHCPExclusions": op(read, getExclusions),

		"AddDHCPGroup":  op(write, addGroup),
		"GetDHCPGroup":  op(read, getGroup),
		"GetDHCPGroups": op(read, getGroups),

		"AddDHCPReservation":            op(write, addReservation),
		"GetDHCPReservation":            op(read, getReservation),
		"GetDHCPReservations":           op(read, getReservations),
		"GetNextFreeReservationAddress": op(read, getNextFreeReservationAddress),

		"ReconcileDHCPScope":           op(read, reconcileScope),
		"GetDHCPLeases":                op(read, getLeases),
		"GetDHCPConcurrentLeases":      op(read, getConcurrentLeases),
		"GetDHCPLeaseHistory":          op(read, getLeaseHistory),
		"ReleaseDHCPLease":             op(direct, releaseLease),
		"ReleaseDHCPLeases":            op(direct, releaseLeases),
		"ReportIPFromClientIdentifier": op(read, reportClient),

		"AddDHCPFailoverRelationship":                  op(write, addRelationship),
		"ModifyDHCPFailoverRelationship":               op(write, modifyRelationship),
		"RemoveDHCPFailoverRelationships":              op(write, removeRelationships),
		"GetDHCPFailoverRelationship":                  op(read, getRelationship),
		"GetDHCPFailoverRelationships":                 op(read, getRelationships),
		"AddDHCPScopesToDHCPFailoverRelationship":      op(write, addScopesToRelationship),
		"RemoveDHCPScopesFromDHCPFailoverRelationship": op(write, removeScopesFromRelationship),
		"ReplicateDHCPFailover":                        op(write, replicate),

		"GetDHCPOptions":          op(read, getOptions),
		"SetDHCPOptions":          op(write, setOptions),
		"GetInheritedDHCPOptions": op(read, getInherited),
		"ReportDHCPScopeOptions":  op(read, reportOptions),

		"AddDHCPOptionDefinition":     op(write, addDefinition),
		"ModifyDHCPOptionDefinition":  op(write, modifyDefinition),
		"RemoveDHCPOptionDefinition":  op(write, removeDefinition),
		"GetDHCPOptionDefinitions":    op(read, getDefinitions),
		"GetDHCPVendorAndUserClasses": op(read, getVendorAndUserClasses),

		"GetDHCPClassNames": op(read, getClassNames),
		"GetDHCPSubclasses": op(read, getSubclasses),
		"SetDHCPSubclasses": op(write, setSubclasses),

		"AddDHCPPolicy":            op(write, addPolicy),
		"ModifyDHCPPolicy":         op(write, modifyPolicy),
		"RemoveDHCPPolicy":         op(write, removePolicy),
		"GetDHCPPolicies":          op(read, getPolicies),
		"GetDHCPPolicyEnforcement": op(read, getEnforcement),
		"SetDHCPPolicyEnforcement": op(write, setEnforcement),

		"GetInheritAccess":  op(read, getInheritAccess),
		"SetInheritAccess":  op(write, setInheritAccess),
		"GetSystemSettings": op(read, getSystemSettings),
		"SetSystemSettings": op(write, setSystemSettings),

		"AddFolder":          op(write, addFolder),
		"GetFolder":          op(read, getFolder),
		"GetFolders":         op(read, getFolders),
		"PlaceInFolder":      op(write, placeInFolder),
		"RemoveFromFolder":   op(write, removeFromFolder),
		"GetObjectsInFolder": op(read, getObjectsInFolder),
		"GetFolderForObject": op(read, getFolderForObject),
		"GetCustomFilters":   op(read, getCustomFilters),

		"AddAddressSpace":          op(write, addAddressSpace),
		"GetAddressSpace":          anywhere(op(read, getAddressSpace)),
		"GetAddressSpaces":         anywhere(op(read, getAddressSpaces)),
		"GetCurrentAddressSpace":   op(read, getCurrentAddressSpace),
		"MoveToAddressSpace":       op(write, moveToAddressSpace),
		"ReportMergeAddressSpaces": op(read, reportMergeAddressSpaces),
		"SetCurrentAddressSpace":   anywhere(op(direct, setCurrentAddressSpace)),

		"AddPropertyDefinition":    op(write, addPropertyDefinition),
		"ModifyPropertyDefinition": op(write, modifyPropertyDefinition),
		"RemovePropertyDefinition": op(write, removePropertyDefinition),
		"GetPropertyDefinition":    op(read, getPropertyDefinition),
		"GetPropertyDefinitions":   op(read, getPropertyDefinitions),

		"GetServiceStatus": op(direct, getServiceStatus),
		"SetServiceStatus": op(direct, setServiceStatus),

		"RunCommand": op(direct, runCommand),
		"SendMail":   op(direct, sendMail),

		"GetObjects":    op(read, getObjects),
		"GetProperties": op(read, getProperties),
		"SetProperties": op(write, setProperties),
		"RemoveObject":  op(write, removeObject),
		"RemoveObjects": op(write, removeObjects),
		"GetHistory":    op(read, getHistory),
	}
}

// Answered lists the operations that are answered, in the WSDL's order.
func Answered() []string {
	t := table()
	var names []string
	for _, o := range hal.Operations() {
		if _, ok := t[o.Name]; ok {
			names = append(names, o.Name)
		}
	}
	return names
}

// Unanswered lists the operations of the WSDL that are not answered, in the
// WSDL's order, each with its reason.
func Unanswered() (names, reasons []string) {
	for _, o := range hal.Operations() {
		if reason, ok := unanswered[o.Name]; ok {
			names, reasons = append(names, o.Name), append(reasons, reason)
		}
	}
	return names, reasons
}
