// The scenario with the C++ proxy that wsdl2h and soapcpp2 make.
// Arguments: base URL, password, SOAP version (1.1 or 1.2).
#include <cstdlib>
#include <iostream>
#include <string>

#include "ServiceSoap.nsmap"
#include "soapServiceSoapProxy.h"

using std::string;
using std::to_string;

static ServiceSoapProxy service(SOAP_C_UTFSTRING | SOAP_IO_KEEPALIVE, SOAP_C_UTFSTRING | SOAP_IO_KEEPALIVE);
static string session;

static void say(const string &step, const string &value) {
    std::cout << step << ": " << value << std::endl;
}

// The text inside the first element of this name, for faults' details.
static string inner(const char *xml, const string &name) {
    string text = xml ? xml : "";
    size_t from = text.find("<" + name + ">"), to = text.find("</" + name + ">");
    return from == string::npos ? "no " + name : text.substr(from + name.size() + 2, to - from - name.size() - 2);
}

template <typename Request, typename Response>
using Method = int (ServiceSoapProxy::*)(Request *, Response &);

// call sends a request in the session; any error ends the run.
template <typename Request, typename Response>
static Response call(Method<Request, Response> method, Request &request) {
    Response response;
    request.session = session;
    if ((service.*method)(&request, response) != SOAP_OK) {
        service.soap_stream_fault(std::cout);
        exit(1);
    }
    return response;
}

template <typename Request, typename Response>
static void fault(const string &step, Method<Request, Response> method, Request &request) {
    Response response;
    if ((service.*method)(&request, response) == SOAP_OK)
        say(step, "no fault");
    else
        say(step, inner(service.soap_fault_detail(), "code") + " " + service.soap_fault_string());
}

// An empty array arrives as an object: these crash on none.
static string refs(const ns1__DHCPFailoverRelationship *relationship) {
    string all;
    for (const string &ref : relationship->dhcpScopeRefs->ref)
        all += (all.empty() ? "" : " ") + ref;
    return all.empty() ? "none" : all;
}

static std::vector<ns1__DHCPFailoverRelationship *> relationships(string *server) {
    _ns1__GetDHCPFailoverRelationships request;
    request.dhcpServerRef = server;
    return call(&ServiceSoapProxy::GetDHCPFailoverRelationships, request).dhcpFailoverRelationships->dhcpFailoverRelationship;
}

static ns1__DHCPFailoverRelationship *relationship(const string &server) {
    _ns1__GetDHCPFailoverRelationship request;
    request.dhcpServerRef = server;
    request.dhcpFailoverRelationshipName = "fo1";
    return call(&ServiceSoapProxy::GetDHCPFailoverRelationship, request).dhcpFailoverRelationship;
}

static string scopes(_ns1__GetDHCPScopes &request) {
    auto answer = call(&ServiceSoapProxy::GetDHCPScopes, request);
    string names;
    for (auto scope : answer.dhcpScopes->dhcpScope)
        names += (names.empty() ? "" : " ") + scope->name;
    return (names.empty() ? "none" : names) + " of " + to_string(answer.totalResults);
}

static string scopes(string filter) {
    _ns1__GetDHCPScopes request;
    request.filter = &filter;
    return scopes(request);
}

int main(int, char **arguments) {
    string endpoint = string(arguments[1]) + "/_mmwebext/mmwebext.dll?Soap";
    service.soap_endpoint = endpoint.c_str();
    soap_set_version(service.soap, string(arguments[3]) == "1.2" ? 2 : 1);

    _ns1__Login login;
    login.server = "localhost";
    login.loginName = "administrator";
    login.password = arguments[2];
    _ns1__LoginResponse loggedIn;
    if (service.Login(&login, loggedIn) != SOAP_OK) {
        service.soap_stream_fault(std::cout);
        return 1;
    }
    session = loggedIn.session;
    say("session", to_string(session.size()) + " characters");
    say("relationships at first", to_string(relationships(nullptr).size()));

    std::vector<string> servers;
    for (const string n : {"1", "2"}) {
        string address = "192.0.2." + n;
        ns1__DHCPServer server;
        server.name = "dhcp" + n + ".example.com.";
        server.address = &address;
        server.type = ns1__DHCPServerType__ISC;
        _ns1__AddDHCPServer request;
        request.dhcpServer = &server;
        servers.push_back(call(&ServiceSoapProxy::AddDHCPServer, request).ref);
        say("server", servers.back());
    }

    std::vector<string> lan;
    string comment = "new scope";
    for (const string n : {"0", "1", "2"}) {
        bool subnet = true;
        ns1__Range range;
        range.name = "10.0." + n + ".0/24";
        range.subnet = &subnet;
        _ns1__AddRange addRange;
        addRange.range = &range;
        ns1__DHCPScope scope;
        scope.name = "lan-" + n;
        scope.rangeRef = call(&ServiceSoapProxy::AddRange, addRange).ref;
        scope.dhcpServerRef = servers[0];
        _ns1__AddDHCPScope addScope;
        addScope.dhcpScope = &scope;
        addScope.saveComment = &comment;
        lan.push_back(call(&ServiceSoapProxy::AddDHCPScope, addScope).ref);
        say("scope", lan.back());
    }
    string name = "pool-0", from = "10.0.0.10", to = "10.0.0.200";
    ns1__DHCPAddressPool pool;
    pool.name = &name;
    pool.from = &from;
    pool.to = &to;
    pool.dhcpScopeRef = lan[0];
    _ns1__AddDHCPAddressPool addPool;
    addPool.dhcpAddressPool = &pool;
    string poolRef = call(&ServiceSoapProxy::AddDHCPAddressPool, addPool).ref;
    say("pool", poolRef);

    ns1__ArrayOfObjRef noScopes;
    ns1__DHCPFailoverRelationship pair;
    pair.name = "fo1";
    pair.primaryServer = "dhcp1.example.com.";
    pair.secondaryServer = "dhcp2.example.com.";
    pair.failoverMode = ns1__DHCPFailoverMode__LoadBalance;
    pair.failoverServerType = ns1__DHCPFailoverServerType__PrimaryServer;
    pair.mclt = 3600;
    pair.safePeriod = 0;
    pair.dhcpScopeRefs = &noScopes;
    pair.percentage = 50;
    _ns1__AddDHCPFailoverRelationship add;
    add.dhcpFailoverRelationship = &pair;
    add.saveComment = &(comment = "new pair");
    call(&ServiceSoapProxy::AddDHCPFailoverRelationship, add);
    say("add relationship", "done");
    auto seen = relationship(servers[0]);
    say("on the primary", seen->name + " " + seen->primaryServer + " " + seen->secondaryServer + " " +
        soap_ns1__DHCPFailoverMode2s(service.soap, seen->failoverMode) + " " +
        soap_ns1__DHCPFailoverServerType2s(service.soap, seen->failoverServerType) +
        " mclt " + to_string(seen->mclt) + " percentage " + to_string(seen->percentage));
    seen = relationship(servers[1]);
    say("on the secondary", string(soap_ns1__DHCPFailoverServerType2s(service.soap, seen->failoverServerType)) +
        " scopes " + refs(seen));

    pair.mclt = 1800;
    pair.percentage = 0;
    _ns1__ModifyDHCPFailoverRelationship modify;
    modify.dhcpFailoverRelationship = &pair;
    modify.saveComment = &(comment = "shorter");
    call(&ServiceSoapProxy::ModifyDHCPFailoverRelationship, modify);
    say("modify relationship", "done");
    seen = relationship(servers[0]);
    say("modified", "mclt " + to_string(seen->mclt) + " percentage " + to_string(seen->percentage));

    ns1__ArrayOfObjRef first;
    first.ref.push_back(lan[0]);
    _ns1__AddDHCPScopesToDHCPFailoverRelationship addScopes;
    addScopes.dhcpServerRef = servers[0];
    addScopes.dhcpFailoverRelationshipName = "fo1";
    addScopes.dhcpScopeRefs = &first;
    call(&ServiceSoapProxy::AddDHCPScopesToDHCPFailoverRelationship, addScopes);
    say("add scope", "done");
    auto listed = relationships(&servers[1]);
    say("relationships of the secondary", to_string(listed.size()) + " scopes " + refs(listed[0]));
    _ns1__GetDHCPAddressPool getPool;
    getPool.dhcpAddressPoolRef = poolRef;
    say("peer of the pool", *call(&ServiceSoapProxy::GetDHCPAddressPool, getPool).dhcpAddressPool->failoverPeer);

    string filter = "dhcpServerRef:^" + servers[0] + "$", sortBy = "name";
    unsigned int one = 1;
    auto order = ns1__SortOrder__Ascending;
    _ns1__GetDHCPScopes page;
    page.filter = &filter;
    page.offset = &one;
    page.limit = &one;
    page.sortBy = &sortBy;
    page.sortOrder = &order;
    say("page", scopes(page));
    say("filter", scopes("name:^lan-2$"));
    say("no match", scopes("name:^lan-9$"));

    auto action = ns1__DHCPFailoverDeconfigureAction__Delete;
    _ns1__RemoveDHCPScopesFromDHCPFailoverRelationship removeScopes;
    removeScopes.dhcpServerRef = servers[0];
    removeScopes.dhcpFailoverRelationshipName = "fo1";
    removeScopes.dhcpScopeRefs = &first;
    removeScopes.dhcpFailoverRelationshipDeconfigureAction = &action;
    call(&ServiceSoapProxy::RemoveDHCPScopesFromDHCPFailoverRelationship, removeScopes);
    say("remove scope", "done");
    say("left on the secondary", scopes("dhcpServerRef:^" + servers[1] + "$"));

    string description = "Büro \"Nord\" <1> & mehr";
    auto scopeType = ns1__ObjectType__DHCPScope;
    ns1__Property property;
    property.name = "description";
    property.value = &description;
    ns1__ArrayOfProperty properties;
    properties.property.push_back(&property);
    _ns1__SetProperties set;
    set.ref = lan[0];
    set.objType = &scopeType;
    set.properties = &properties;
    auto changed = call(&ServiceSoapProxy::SetProperties, set);
    say("set properties", changed.warning ? *changed.warning : "done");
    _ns1__GetDHCPScope getScope;
    getScope.dhcpScopeRef = lan[0];
    say("description", *call(&ServiceSoapProxy::GetDHCPScope, getScope).dhcpScope->description);

    string relationshipName = "fo9";
    ns1__DHCPRefAndFailoverRelationshipName item;
    item.dhcpServerRef = &servers[0];
    item.dhcpFailoverRelationshipName = &relationshipName;
    ns1__ArrayOfDHCPRefAndFailoverRelationshipName items;
    items.dhcpRefAndFailoverRelationshipName.push_back(&item);
    _ns1__RemoveDHCPFailoverRelationships remove;
    remove.session = session;
    remove.dhcpRefAndFailoverRelationshipNames = &items;
    remove.saveComment = &(comment = "no more pair");
    login.password = "wrong";
    fault("wrong password", &ServiceSoapProxy::Login, login);
    getScope.dhcpScopeRef = "{#7-#99}";
    fault("unknown scope", &ServiceSoapProxy::GetDHCPScope, getScope);
    fault("unknown relationship", &ServiceSoapProxy::RemoveDHCPFailoverRelationships, remove);

    relationshipName = "fo1";
    call(&ServiceSoapProxy::RemoveDHCPFailoverRelationships, remove);
    say("remove relationship", "done");
    say("relationships at last", to_string(relationships(nullptr).size()));

    auto peerType = ns1__ObjectType__DHCPFailoverPeer;
    unsigned int fifty = 50;
    _ns1__GetHistory getHistory;
    getHistory.objType = &peerType;
    getHistory.limit = &fifty;
    std::vector<ns1__Event *> events;
    for (auto event : call(&ServiceSoapProxy::GetHistory, getHistory).events->event)
        if (*event->objName == "fo1")
            events.push_back(event);
    for (auto which : {std::make_pair("newest", events.front()), std::make_pair("oldest", events.back())})
        say(string(which.first) + " event",
            string(soap_ns1__EventType2s(service.soap, which.second->eventType)) +
            " by " + *which.second->username + ": " + *which.second->saveComment);

    _ns1__Logout logout;
    call(&ServiceSoapProxy::Logout, logout);
    say("logout", "done");
    _ns1__GetDHCPServers ended;
    ended.session = session;
    fault("after logout", &ServiceSoapProxy::GetDHCPServers, ended);
    return 0;
}
