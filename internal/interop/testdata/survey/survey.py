"""Sends every answered operation in one way of writing requests and prints the
answers, all of which must be valid against the served WSDL. Arguments: base URL,
password, way (a name in WAYS), file.

The file holds the requests, one a line: the operation and its parameters in
XML, an exclamation mark before those that are answered with a fault."""
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

from lxml import etree

TARGET = "http://menandmice.com/webservices/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XS = "{http://www.w3.org/2001/XMLSchema}"


class Interface:
    """The schema of the served WSDL: it judges answers and tells what a request may hold."""

    def __init__(self, url):
        root = etree.parse(urllib.request.urlopen(url)).find(f".//{XS}schema")
        self.schema = etree.XMLSchema(etree.fromstring(etree.tostring(root)))
        self.named = {(e.tag, e.get("name")): e for e in root}

    def operation(self, name):
        return self.named[XS + "element", name]

    def type_of(self, element):
        name = (element.get("type") or "").split(":")[-1]
        return self.named.get((XS + "complexType", name), self.named.get((XS + "simpleType", name)))

    def fields(self, element):
        """The declarations of an element's children; None for a single value."""
        content = element.find(XS + "complexType")
        if content is None:
            content = self.type_of(element)
        if content is None or content.tag != XS + "complexType":
            return None
        return content.findall(f"{XS}sequence/{XS}element")

    def is_list(self, element):
        fields = self.fields(element)
        return len(fields) == 1 and fields[0].get("maxOccurs", "1") != "1"

    def kind(self, element):
        content = self.type_of(element)
        if content is not None and content.find(f".//{XS}enumeration") is not None:
            return "enumeration"
        return element.get("type").split(":")[-1]


def local(element):
    return etree.QName(element).localname


# Ways of writing a request: each takes the interface, the declaration of a
# request and the request, which it changes.


def plain(interface, declared, given):
    pass


def all_elements(interface, declared, given):
    """As SoapUI and Postman templates are: every optional element there and empty, with comments between."""
    for field in interface.fields(declared) or []:
        name = field.get("name")
        children = [child for child in given.iterchildren(etree.Element) if local(child) == name]
        simple = interface.fields(field) is None or interface.is_list(field)
        if not children and simple and field.get("maxOccurs", "1") == "1":
            given.append(etree.Comment("Optional:"))
            children = [etree.SubElement(given, f"{{{TARGET}}}{name}")]
        for child in children:
            given.append(child)  # in the order of the schema
            all_elements(interface, field, child)


def sloppy(interface, declared, given):
    """As people and scripts write values: letter case, white space, signs and zeros."""
    spellings = {
        "enumeration": str.lower,
        "boolean": str.title,
        "unsignedInt": lambda text: "+00" + text,
        "ObjRef": str,
        "IPAddress": str,
    }
    for child in given:
        field = next(f for f in interface.fields(declared) if f.get("name") == local(child))
        if interface.fields(field) is not None:
            sloppy(interface, field, child)
        elif child.text and interface.kind(field) in spellings:
            child.text = f"\n    {spellings[interface.kind(field)](child.text)}\n  "


def loose(interface, declared, given):
    """As SOAP::Lite and hand-written envelopes are: children without a namespace, in any order, with unknown ones."""
    for element in list(given.iter()):
        if element is not given:
            element.tag = local(element)
        if len({child.tag for child in element}) > 1:
            element[:] = reversed(element)
        if len(element):
            etree.SubElement(etree.SubElement(element, "somethingNew"), "inside").text = "1"


WAYS = {"plain": plain, "all elements": all_elements, "sloppy": sloppy, "loose": loose}


def send(url, request):
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP, "web": TARGET})
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(request)
    post = urllib.request.Request(url, etree.tostring(envelope), {"Content-Type": "text/xml"})
    try:
        answer = urllib.request.urlopen(post).read()
    except urllib.error.HTTPError as error:
        answer = error.read()
    return etree.fromstring(answer)[0][0]


def main(base, password, way, requests):
    path = base + "/_mmwebext/mmwebext.dll"
    interface = Interface(path + "?wsdl")

    def call(operation, parameters, write=plain):
        request = etree.fromstring(f'<{operation} xmlns="{TARGET}">{parameters}</{operation}>')
        write(interface, interface.operation(operation), request)
        return send(path + "?Soap", request)

    login = f"<server/><loginName>administrator</loginName><password>{password}</password>"
    session = f"<session>{call('Login', login).findtext('{*}session')}</session>"
    for line in (Path(__file__).parent / requests).read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        operation, _, parameters = line.lstrip("!").partition(" ")
        answer = call(operation, session + parameters, WAYS[way])
        if answer.tag == f"{{{SOAP}}}Fault":
            text = "fault " + answer.findtext("faultstring")
        else:
            alone = etree.fromstring(etree.tostring(answer))
            if not interface.schema.validate(alone):
                sys.exit(f"{line}\nis answered with what the WSDL does not permit: {interface.schema.error_log}")
            text = re.sub(r" xmlns(:\w+)?=\"[^\"]*\"", "", etree.tostring(alone).decode())
        if (answer.tag == f"{{{SOAP}}}Fault") != line.startswith("!"):
            sys.exit(f"{line}\nis answered with {text}")
        text = re.sub(r"[A-Z][a-z]{2} \d+, \d{4} \d\d:\d\d:\d\d", "DATE", text)
        print(f"{operation}: {' '.join(text.split())}")


main(*sys.argv[1:])
