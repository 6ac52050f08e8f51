"""The scenario with zeep. Arguments: base URL, password, SOAP version (1.1 or 1.2)."""
import sys
import urllib.request

import zeep
from lxml import etree

base, password, version = sys.argv[1:4]
wsdl = base + "/_mmwebext/mmwebext.dll?wsdl?server=localhost"


class Strict(zeep.Plugin):
    """Holds every answer but a fault to the schema of the WSDL: zeep forgives much."""

    def __init__(self):
        document = etree.parse(urllib.request.urlopen(wsdl))
        schema = document.find(".//{http://www.w3.org/2001/XMLSchema}schema")
        self.schema = etree.XMLSchema(etree.fromstring(etree.tostring(schema)))

    def ingress(self, envelope, http_headers, operation):
        answer = envelope.find("{*}Body")[0]
        if etree.QName(answer).localname != "Fault":
            self.schema.assertValid(etree.fromstring(etree.tostring(answer)))
        return envelope, http_headers


client = zeep.Client(wsdl, plugins=[Strict()])
port = {"1.1": "ServiceSoap", "1.2": "ServiceSoap12"}[version]
service = client.bind("Service", port)
types = client.type_factory("http://menandmice.com/webservices/")


def say(step, value):
    print("%s: %s" % (step, value), flush=True)


def fault(step, call):
    try:
        call()
    except zeep.exceptions.Fault as error:
        say(step, "%s %s" % (error.detail.find("code").text, error.message))
    else:
        say(step, "no fault")


# zeep makes None of an empty array, and a list of an array that is all of an answer.
def refs(relationship):
    array = relationship.dhcpScopeRefs
    return " ".join(array.ref) if array else "none"


def relationships(*arguments):
    return service.GetDHCPFailoverRelationships(session, *arguments) or []


def scopes(answer):
    names = [scope.name for scope in answer.dhcpScopes.dhcpScope] if answer.dhcpScopes else []
    return "%s of %d" % (" ".join(names) or "none", answer.totalResults)


session = service.Login(server="localhost", loginName="administrator", password=password)
say("session", "%d characters" % len(session))
say("relationships at first", len(relationships()))

servers = []
for n in (1, 2):
    added = service.AddDHCPServer(session, types.DHCPServer(
        name="dhcp%d.example.com." % n, address="192.0.2.%d" % n, type="ISC"))
    servers.append(added.ref)
    say("server", added.ref)

lan = []
for n in (0, 1, 2):
    parent = service.AddRange(session, types.Range(name="10.0.%d.0/24" % n, subnet=True))
    ref = service.AddDHCPScope(session, types.DHCPScope(
        name="lan-%d" % n, rangeRef=parent, dhcpServerRef=servers[0]), "new scope")
    lan.append(ref)
    say("scope", ref)
pool = service.AddDHCPAddressPool(session, types.DHCPAddressPool(
    **{"name": "pool-0", "from": "10.0.0.10", "to": "10.0.0.200", "dhcpScopeRef": lan[0]}))
say("pool", pool)

pair = types.DHCPFailoverRelationship(
    name="fo1", primaryServer="dhcp1.example.com.", secondaryServer="dhcp2.example.com.",
    failoverMode="LoadBalance", failoverServerType="PrimaryServer", mclt=3600, safePeriod=0,
    dhcpScopeRefs=types.ArrayOfObjRef([]), percentage=50)
say("add relationship", service.AddDHCPFailoverRelationship(session, pair, "new pair") or "done")
seen = service.GetDHCPFailoverRelationship(session, servers[0], "fo1")
say("on the primary", "%s %s %s %s %s mclt %d percentage %d" % (
    seen.name, seen.primaryServer, seen.secondaryServer, seen.failoverMode,
    seen.failoverServerType, seen.mclt, seen.percentage))
seen = service.GetDHCPFailoverRelationship(session, servers[1], "fo1")
say("on the secondary", "%s scopes %s" % (seen.failoverServerType, refs(seen)))

pair.mclt, pair.percentage = 1800, 0
say("modify relationship", service.ModifyDHCPFailoverRelationship(session, pair, "shorter") or "done")
seen = service.GetDHCPFailoverRelationship(session, servers[0], "fo1")
say("modified", "mclt %d percentage %d" % (seen.mclt, seen.percentage))

say("add scope", service.AddDHCPScopesToDHCPFailoverRelationship(
    session, servers[0], "fo1", types.ArrayOfObjRef([lan[0]])) or "done")
listed = relationships(servers[1])
say("relationships of the secondary", "%d scopes %s" % (len(listed), refs(listed[0])))
say("peer of the pool", service.GetDHCPAddressPool(session, pool).failoverPeer)

ofFirst = "dhcpServerRef:^%s$" % servers[0]
say("page", scopes(service.GetDHCPScopes(session, ofFirst, 1, 1, "name", "Ascending")))
say("filter", scopes(service.GetDHCPScopes(session, filter="name:^lan-2$")))
say("no match", scopes(service.GetDHCPScopes(session, filter="name:^lan-9$")))

say("remove scope", service.RemoveDHCPScopesFromDHCPFailoverRelationship(
    session, servers[0], "fo1", types.ArrayOfObjRef([lan[0]]), "Delete") or "done")
say("left on the secondary", scopes(service.GetDHCPScopes(session, "dhcpServerRef:^%s$" % servers[1])))

say("set properties", service.SetProperties(session, lan[0], "DHCPScope", properties=types.ArrayOfProperty(
    [types.Property("description", 'Büro "Nord" <1> & mehr')])) or "done")
say("description", service.GetDHCPScope(session, lan[0]).description)

names = types.ArrayOfDHCPRefAndFailoverRelationshipName
item = types.DHCPRefAndFailoverRelationshipName
fault("wrong password", lambda: service.Login("localhost", "administrator", "wrong"))
fault("unknown scope", lambda: service.GetDHCPScope(session, "{#7-#99}"))
fault("unknown relationship", lambda: service.RemoveDHCPFailoverRelationships(
    session, names([item(servers[0], "fo9")])))

say("remove relationship", service.RemoveDHCPFailoverRelationships(
    session, names([item(servers[0], "fo1")]), "no more pair") or "done")
say("relationships at last", len(relationships()))

history = service.GetHistory(session, objType="DHCPFailoverPeer", limit=50)
events = [event for event in history if event.objName == "fo1"]
for which, event in (("newest", events[0]), ("oldest", events[-1])):
    say(which + " event", "%s by %s: %s" % (event.eventType, event.username, event.saveComment))

say("logout", service.Logout(session) or "done")
fault("after logout", lambda: service.GetDHCPServers(session))
