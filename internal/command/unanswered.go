package command

// Why an operation of the WSDL is not answered.
const (
	noDNS       = "DNS is not managed by this service"
	noAD        = "Active Directory is not managed by this service"
	noCloud     = "cloud networks are not managed by this service"
	noWorkflow  = "change requests are not served"
	noAccess    = "users, groups and roles are not served yet"
	noMicrosoft = "lease databases of Microsoft servers are not read"
	noDiscovery = "networks are not searched for hosts"
)

// unanswered has each operation of the WSDL that is not in the table.
var unanswered = map[string]string{
	"AddADForest":      noAD,
	"AddADSite":        noAD,
	"AddADSiteLink":    noAD,
	"GetADForest":      noAD,
	"GetADForests":     noAD,
	"GetADPartitions":  noAD,
	"GetADSite":        noAD,
	"GetADSiteLink":    noAD,
	"GetADSiteLinks":   noAD,
	"GetADSites":       noAD,
	"PlaceInADSite":    noAD,
	"RemoveFromADSite": noAD,

	"AddChangeRequest":  noWorkflow,
	"ApproveChanges":    noWorkflow,
	"GetChangeRequest":  noWorkflow,
	"GetChangeRequests": noWorkflow,
	"RejectChanges":     noWorkflow,

	"AddCloud":               noCloud,
	"AddCloudNetwork":        noCloud,
	"GetCloud":               noCloud,
	"GetClouds":              noCloud,
	"GetCloudNetwork":        noCloud,
	"GetCloudNetworks":       noCloud,
	"PlaceInCloudNetwork":    noCloud,
	"RemoveFromCloudNetwork": noCloud,

	"AddDNSGenerateDirective":    noDNS,
	"AddDNSRecord":               noDNS,
	"AddDNSRecords":              noDNS,
	"AddDNSRecordChangeRequest":  noDNS,
	"AddDNSServer":               noDNS,
	"AddDNSZone":                 noDNS,
	"ApproveDNSRecordChanges":    noDNS,
	"FlushFromCacheOnDNSServers": noDNS,
	"GetDNSGenerateDirective":    noDNS,
	"GetDNSGenerateDirectives":   noDNS,
	"GetDNSPTRRecords":           noDNS,
	"GetDNSRecord":               noDNS,
	"GetDNSRecords":              noDNS,
	"GetDNSRecordsInCaches":      noDNS,
	"GetDNSRecordChangeRequest":  noDNS,
	"GetDNSRecordChangeRequests": noDNS,
	"GetDNSReverseZone":          noDNS,
	"GetDNSServer":               noDNS,
	"GetDNSServers":              noDNS,
	"GetDNSView":                 noDNS,
	"GetDNSViews":                noDNS,
	"GetDNSZone":                 noDNS,
	"GetDNSZones":                noDNS,
	"GetOrphanReverseDNSRecords": noDNS,
	"GetRelatedDNSRecords":       noDNS,
	"MigrateDNSZone":             noDNS,
	"PromoteDNSSlaveZone":        noDNS,
	"RejectDNSRecordChanges":     noDNS,
	"ReportMultilabelHosts":      noDNS,
	"SetDNSRecordAging":          noDNS,
	"GenerateReverseRecords":     noDNS,
	"AddDNSZones":                noDNS,

	"AddGroup":            noAccess,
	"AddLicenseKey":       noAccess,
	"AddRole":             noAccess,
	"AddRoleToGroup":      noAccess,
	"AddRoleToUser":       noAccess,
	"AddUser":             noAccess,
	"AddUserToGroup":      noAccess,
	"GetGroup":            noAccess,
	"GetGroups":           noAccess,
	"GetObjectAccess":     noAccess,
	"GetRole":             noAccess,
	"GetRoles":            noAccess,
	"GetUser":             noAccess,
	"GetUsers":            noAccess,
	"HasAccess":           noAccess,
	"RemoveUserFromGroup": noAccess,
	"RemoveRoleFromGroup": noAccess,
	"RemoveRoleFromUser":  noAccess,
	"ReportAccess":        noAccess,
	"SetObjectAccess":     noAccess,
	"SetPassword":         noAccess,

	"ReconcileDHCPScope":  noMicrosoft,
	"ReportHostDiscovery": noDiscovery,
}
