"""What public scripts do with ranges, addresses, scopes and reservations, the way
the Python pack of StackStorm calls: keyword arguments in snake case, None left out,
answers as dictionaries. Arguments: base URL, password."""
import re
import sys

import zeep
from zeep.helpers import serialize_object

base, password = sys.argv[1:3]
client = zeep.Client(base + "/_mmwebext/mmwebext.dll?wsdl?server=localhost")


def camel(name):
    name = re.sub(r"_([a-z])", lambda found: found.group(1).upper(), name)
    return name.replace("excludeDhcp", "excludeDHCP")


def run(operation, **arguments):
    arguments = {camel(name): value for name, value in arguments.items() if value is not None}
    return serialize_object(getattr(client.service, operation)(**arguments), dict)


def say(step, *values):
    print("%s: %s" % (step, " ".join(str(value) for value in values)), flush=True)


def fault(step, operation, **arguments):
    try:
        say(step, run(operation, **arguments))
    except zeep.exceptions.Fault as error:
        say(step, error.detail.find("code").text, error.message)


def properties(**values):
    return {"property": [{"name": name, "value": value} for name, value in values.items()]}


session = run("Login", server="ipam.example.com", login_name="administrator", password=password)

# Provision a network: a range, a scope on it with a pool, and its options.
server = run("AddDHCPServer", session=session, save_comment="new server",
             dhcp_server={"name": "dhcp1.example.com.", "address": "192.0.2.1", "type": "ISC"})
say("server", server["ref"], server["warning"])
network = run("AddRange", session=session, range={"name": "10.1.2.0/24", "subnet": True, "locked": False,
              "autoAssign": True, "customProperties": properties(Title="Lab", Description="made by a script")})
say("range", network)
scope = run("AddDHCPScope", session=session, save_comment="provisioned",
            dhcp_scope={"name": "lab", "rangeRef": "10.1.2.0/24", "dhcpServerRef": "dhcp1.example.com.",
                        "superscope": None, "description": "Lab", "enabled": True})
say("scope", scope)
say("pool", run("AddDHCPAddressPool", session=session, dhcp_address_pool={
    "from": "10.1.2.100", "to": "10.1.2.199", "dhcpScopeRef": scope}))
say("options", run("SetDHCPOptions", session=session, ref=scope, obj_type="DHCPScope", dhcp_options={"dhcpOption": [
    {"option": "::3", "value": "10.1.2.1"}, {"option": "::6", "value": "192.0.2.53,192.0.2.54"}]}))
say("read back", *["%s=%s" % (option["option"], option["value"]) for option in
                   run("GetDHCPOptions", session=session, ref=scope)["dhcpOptions"]["dhcpOption"]])

# Take the next free address of the first range that has room, and claim it.
found = run("GetRanges", session=session, filter="name:^10.1.2.0/24$", limit=None)
roomy = [r for r in found["ranges"]["range"] if r["utilizationPercentage"] < 100]
say("ranges with room", found["totalResults"], *[r["name"] for r in roomy])
taken = run("GetNextFreeAddress", session=session, range_ref=roomy[0]["ref"], temporary_claim_time=1,
            ping=False, exclude_dhcp=True)
say("next free", taken)
say("for somebody else", run("GetNextFreeAddress", session=session, range_ref="10.1.2.0/24", exclude_dhcp=True))
record = run("GetIPAMRecord", session=session, addr_ref=taken)
say("before", record["address"], record["claimed"], record["state"])
say("claim", run("SetProperties", session=session, ref=record["addrRef"], properties=properties(claimed="true")))
record = run("GetIPAMRecord", session=session, addr_ref=taken)
say("after", record["address"], record["claimed"], record["state"])
claimed = run("GetIPAMRecords", session=session, range_ref="10.1.2.0/24", filter="claimed:true", limit=10)
say("claimed", claimed["totalResults"], *[r["address"] for r in claimed["ipamRecords"]["ipamRecord"]])
after = dict(record, claimed=False)
say("release", run("SetIPAMRecord", session=session, ipam_record_before=record, ipam_record_after=after))
say("again", run("GetNextFreeAddress", session=session, range_ref="10.1.2.0/24", exclude_dhcp=True))

# A reservation for a MAC address: add it, find it however it is spelled, move it, remove it.
reservation = {"name": "printer-1", "clientIdentifier": "00-50-56-AB-CD-EF", "addresses": {"address": ["10.1.2.20"]},
               "type": "DHCP", "reservationMethod": "HardwareAddress", "description": None,
               "ddnsHostName": "printer-1", "ownerRef": scope}
ref = run("AddDHCPReservation", session=session, dhcp_reservation=reservation, save_comment="new printer")
say("reservation", ref)
fault("once more", "AddDHCPReservation", session=session, dhcp_reservation=reservation)
for spelled in ("00-50-56-AB-CD-EF", "00:50:56:ab:cd:ef", "0050.56ab.cdef", "005056ABCDEF"):
    for how in ("clientIdentifier:^%s$", 'clientIdentifier="%s"', '"%s"'):
        found = run("GetDHCPReservations", session=session, owner_ref=scope, obj_type="DHCPScope", filter=how % spelled)
        say("by " + how % spelled, *[r["name"] for r in (found["dhcpReservations"] or {}).get("dhcpReservation", [])])
where = run("ReportIPFromClientIdentifier", session=session, client_identifier="00-50-56-AB-CD-EF")
say("where is it", *where["addresses"]["address"])
say("move", run("SetProperties", session=session, ref=ref, obj_type="DHCPReservation",
                properties=properties(addresses="10.1.2.21"), save_comment="moved"))
say("now at", *run("GetDHCPReservation", session=session, dhcp_reservation_ref=ref)["addresses"]["address"])
say("next", run("GetNextFreeReservationAddress", session=session, obj_ref=scope, start_address="10.1.2.20"))
say("remove", run("RemoveObject", session=session, ref=ref, obj_type="DHCPReservation", save_comment="gone"))
fault("removed", "GetDHCPReservation", session=session, dhcp_reservation_ref=ref)

# What happened, and what a script is told when it is wrong.
for event in run("GetHistory", session=session, obj_ref=ref, limit=10):
    say("history", event["eventType"], event["username"], event["saveComment"])
fault("no such range", "GetNextFreeAddress", session=session, range_ref="10.9.9.0/24")
fault("no such scope", "GetDHCPReservations", session=session, owner_ref="nowhere")
fault("not an address", "GetIPAMRecord", session=session, addr_ref="10.1.2.999")
say("take it down", run("RemoveObjects", session=session, obj_refs={"ref": [scope, network]}, save_comment="done"))
say("left", run("GetRanges", session=session)["totalResults"], run("GetDHCPScopes", session=session)["totalResults"])
run("Logout", session=session)
