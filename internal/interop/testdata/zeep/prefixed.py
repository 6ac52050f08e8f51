"""The interface with names that begin with halXMLCommand. Arguments: base URL, password."""
import sys

import zeep

base, password = sys.argv[1:3]
client = zeep.Client(base + "/halXMLCommand?wsdl")
service = client.service

operations = client.wsdl.bindings["{http://menandmice.com/webservices/}ServiceSoap"].all()
print("operations: %d" % sum(name.startswith("halXMLCommand") for name in operations))
session = service.halXMLCommandLogin("localhost", "administrator", password)
print("session: %d characters" % len(session))
print("servers: %s" % service.halXMLCommandGetDHCPServers(session).dhcpServers)
try:
    service.halXMLCommandLogin("localhost", "administrator", "wrong")
except zeep.exceptions.Fault as fault:
    print("fault: %s" % fault.message)
print("logout: %s" % service.halXMLCommandLogout(session))
