"""The scenario with suds. Arguments: base URL, password."""
import logging
import sys

import suds
from suds.client import Client

base, password = sys.argv[1:3]
logging.getLogger("suds").setLevel(logging.CRITICAL)  # it logs faults as errors
client = Client(base + "/_mmwebext/mmwebext.dll?wsdl?server=localhost", cache=None)
service = client.service


def say(step, value):
    print("%s: %s" % (step, value), flush=True)


def make(kind, **members):
    made = client.factory.create(kind)
    for name, value in members.items():
        setattr(made, name, value)
    return made


def fault(step, call):
    try:
        call()
    except suds.WebFault as error:
        say(step, "%s %s" % (error.fault.detail.code, error.fault.faultstring))
    else:
        say(step, "no fault")


# suds makes "" of an empty array, and one value of an answer that holds only one.
def items(array, name):
    return getattr(array, name) if array else []


def refs(relationship):
    return " ".join(items(relationship.dhcpScopeRefs, "ref")) or "none"


def relationships(*arguments):
    return items(service.GetDHCPFailoverRelationships(session, *arguments), "dhcpFailoverRelationship")


def scopes(answer):
    names = [scope.name for scope in items(answer.dhcpScopes, "dhcpScope")]
    return "%s of %d" % (" ".join(names) or "none", answer.totalResults)


session = service.Login("localhost", "administrator", password)
say("session", "%d characters" % len(session))
say("relationships at first", len(relationships()))

servers = []
for n in (1, 2):
    server = make("DHCPServer", name="dhcp%d.example.com." % n, address="192.0.2.%d" % n, type="ISC")
    servers.append(service.AddDHCPServer(session, server).ref)
    say("server", servers[-1])

lan = []
for n in (0, 1, 2):
    parent = service.AddRange(session, {"name": "10.0.%d.0/24" % n, "subnet": True})
    scope = make("DHCPScope", name="lan-%d" % n, rangeRef=parent, dhcpServerRef=servers[0])
    lan.append(service.AddDHCPScope(session, scope, "new scope"))
    say("scope", lan[-1])
pool = service.AddDHCPAddressPool(session, make("DHCPAddressPool", **{
    "name": "pool-0", "from": "10.0.0.10", "to": "10.0.0.200", "dhcpScopeRef": lan[0]}))
say("pool", pool)

pair = make(
    "DHCPFailoverRelationship", name="fo1", primaryServer="dhcp1.example.com.", secondaryServer="dhcp2.example.com.",
    failoverMode="LoadBalance", failoverServerType="PrimaryServer", mclt=3600, safePeriod=0, percentage=50)
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

first = make("ArrayOfObjRef", ref=[lan[0]])
say("add scope", service.AddDHCPScopesToDHCPFailoverRelationship(session, servers[0], "fo1", first) or "done")
listed = relationships(servers[1])
say("relationships of the secondary", "%d scopes %s" % (len(listed), refs(listed[0])))
say("peer of the pool", service.GetDHCPAddressPool(session, pool).failoverPeer)

ofFirst = "dhcpServerRef:^%s$" % servers[0]
say("page", scopes(service.GetDHCPScopes(session, ofFirst, 1, 1, "name", "Ascending")))
say("filter", scopes(service.GetDHCPScopes(session, filter="name:^lan-2$")))
say("no match", scopes(service.GetDHCPScopes(session, filter="name:^lan-9$")))

say("remove scope", service.RemoveDHCPScopesFromDHCPFailoverRelationship(
    session, servers[0], "fo1", first, "Delete") or "done")
say("left on the secondary", scopes(service.GetDHCPScopes(session, "dhcpServerRef:^%s$" % servers[1])))

properties = make("ArrayOfProperty", property=[
    make("Property", name="description", value='Büro "Nord" <1> & mehr')])
say("set properties", service.SetProperties(session, lan[0], "DHCPScope", properties=properties) or "done")
say("description", service.GetDHCPScope(session, lan[0]).description)


def remove(name, comment=None):
    item = make("DHCPRefAndFailoverRelationshipName", dhcpServerRef=servers[0], dhcpFailoverRelationshipName=name)
    array = make("ArrayOfDHCPRefAndFailoverRelationshipName", dhcpRefAndFailoverRelationshipName=[item])
    return service.RemoveDHCPFailoverRelationships(session, array, comment)


fault("wrong password", lambda: service.Login("localhost", "administrator", "wrong"))
fault("unknown scope", lambda: service.GetDHCPScope(session, "{#7-#99}"))
fault("unknown relationship", lambda: remove("fo9"))

say("remove relationship", remove("fo1", "no more pair") or "done")
say("relationships at last", len(relationships()))

history = items(service.GetHistory(session, objType="DHCPFailoverPeer", limit=50), "event")
events = [event for event in history if event.objName == "fo1"]
for which, event in (("newest", events[0]), ("oldest", events[-1])):
    say(which + " event", "%s by %s: %s" % (event.eventType, event.username, event.saveComment))

say("logout", service.Logout(session) or "done")
fault("after logout", lambda: service.GetDHCPServers(session))
