// The scenario with the proxy that wsdl.exe makes, which is also what PowerShell's
// New-WebServiceProxy compiles; the URL is the WSDL's. Argument: password.
using System;
using System.Linq;
using System.Text;
using System.Web.Services.Protocols;

static class Client
{
    static void Say(string step, object value)
    {
        Console.WriteLine("{0}: {1}", step, value);
    }

    static void Fault(string step, Action call)
    {
        try
        {
            call();
            Say(step, "no fault");
        }
        catch (SoapException fault)
        {
            Say(step, fault.Detail["code"].InnerText + " " + fault.Message);
        }
    }

    // An empty array arrives as such: these fail on null.
    static string Refs(DHCPFailoverRelationship relationship)
    {
        return relationship.dhcpScopeRefs.Length == 0 ? "none" : string.Join(" ", relationship.dhcpScopeRefs);
    }

    static string Scopes(Service service, string session, string filter)
    {
        uint total;
        return Scopes(service.GetDHCPScopes(session, filter, 0, false, 0, false, null, 0, false, out total), total);
    }

    static string Scopes(DHCPScope[] scopes, uint total)
    {
        var names = scopes.Select(scope => scope.name).DefaultIfEmpty("none");
        return string.Join(" ", names) + " of " + total;
    }

    static void Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        var service = new Service();
        service.EnableDecompression = true;

        var session = service.Login("localhost", "administrator", arguments[0], false, false);
        Say("session", session.Length + " characters");
        Say("relationships at first", service.GetDHCPFailoverRelationships(session, null).Length);

        var servers = new string[2];
        string warning;
        for (var n = 1; n <= 2; n++)
        {
            servers[n - 1] = service.AddDHCPServer(session, new DHCPServer
            {
                name = "dhcp" + n + ".example.com.", address = "192.0.2." + n, type = DHCPServerType.ISC
            }, null, out warning);
            Say("server", servers[n - 1]);
        }

        var lan = new string[3];
        for (var n = 0; n < 3; n++)
        {
            var range = service.AddRange(session,
                new Range { name = "10.0." + n + ".0/24", subnet = true, subnetSpecified = true }, null, null);
            lan[n] = service.AddDHCPScope(session, new DHCPScope
            {
                name = "lan-" + n, rangeRef = range, dhcpServerRef = servers[0]
            }, "new scope");
            Say("scope", lan[n]);
        }
        var pool = service.AddDHCPAddressPool(session, new DHCPAddressPool
        {
            name = "pool-0", from = "10.0.0.10", to = "10.0.0.200", dhcpScopeRef = lan[0]
        }, null);
        Say("pool", pool);

        var pair = new DHCPFailoverRelationship
        {
            name = "fo1", primaryServer = "dhcp1.example.com.", secondaryServer = "dhcp2.example.com.",
            failoverMode = DHCPFailoverMode.LoadBalance,
            failoverServerType = DHCPFailoverServerType.PrimaryServer,
            mclt = 3600, safePeriod = 0, dhcpScopeRefs = new string[0], percentage = 50
        };
        service.AddDHCPFailoverRelationship(session, pair, "new pair");
        Say("add relationship", "done");
        var seen = service.GetDHCPFailoverRelationship(session, servers[0], "fo1");
        Say("on the primary", string.Format("{0} {1} {2} {3} {4} mclt {5} percentage {6}", seen.name,
            seen.primaryServer, seen.secondaryServer, seen.failoverMode, seen.failoverServerType,
            seen.mclt, seen.percentage));
        seen = service.GetDHCPFailoverRelationship(session, servers[1], "fo1");
        Say("on the secondary", seen.failoverServerType + " scopes " + Refs(seen));

        pair.mclt = 1800;
        pair.percentage = 0;
        service.ModifyDHCPFailoverRelationship(session, pair, "shorter");
        Say("modify relationship", "done");
        seen = service.GetDHCPFailoverRelationship(session, servers[0], "fo1");
        Say("modified", string.Format("mclt {0} percentage {1}", seen.mclt, seen.percentage));

        var first = new[] { lan[0] };
        service.AddDHCPScopesToDHCPFailoverRelationship(session, servers[0], "fo1", first, null);
        Say("add scope", "done");
        var listed = service.GetDHCPFailoverRelationships(session, servers[1]);
        Say("relationships of the secondary", listed.Length + " scopes " + Refs(listed[0]));
        Say("peer of the pool", service.GetDHCPAddressPool(session, pool).failoverPeer);

        uint total;
        var page = service.GetDHCPScopes(session, "dhcpServerRef:^" + servers[0] + "$", 1, true, 1, true,
            "name", SortOrder.Ascending, true, out total);
        Say("page", Scopes(page, total));
        Say("filter", Scopes(service, session, "name:^lan-2$"));
        Say("no match", Scopes(service, session, "name:^lan-9$"));

        service.RemoveDHCPScopesFromDHCPFailoverRelationship(session, servers[0], "fo1", first,
            DHCPFailoverDeconfigureAction.Delete, true, null);
        Say("remove scope", "done");
        Say("left on the secondary", Scopes(service, session, "dhcpServerRef:^" + servers[1] + "$"));

        warning = service.SetProperties(session, lan[0], ObjectType.DHCPScope, true, null, false, false,
            new[] { new Property { name = "description", value = "Büro \"Nord\" <1> & mehr" } });
        Say("set properties", warning ?? "done");
        Say("description", service.GetDHCPScope(session, lan[0]).description);

        Func<string, DHCPRefAndFailoverRelationshipName[]> named = name => new[]
        {
            new DHCPRefAndFailoverRelationshipName { dhcpServerRef = servers[0], dhcpFailoverRelationshipName = name }
        };
        Fault("wrong password", () => service.Login("localhost", "administrator", "wrong", false, false));
        Fault("unknown scope", () => service.GetDHCPScope(session, "{#7-#99}"));
        Fault("unknown relationship", () => service.RemoveDHCPFailoverRelationships(session, named("fo9"), null));

        service.RemoveDHCPFailoverRelationships(session, named("fo1"), "no more pair");
        Say("remove relationship", "done");
        Say("relationships at last", service.GetDHCPFailoverRelationships(session, null).Length);

        var events = service.GetHistory(session, 0, false, ObjectType.DHCPFailoverPeer, true, null, null, null,
            null, null, 50, true).Where(item => item.objName == "fo1").ToArray();
        foreach (var which in new[] { "newest", "oldest" })
        {
            var item = which == "newest" ? events.First() : events.Last();
            Say(which + " event", string.Format("{0} by {1}: {2}", item.eventType, item.username, item.saveComment));
        }

        service.Logout(session);
        Say("logout", "done");
        Fault("after logout", () => service.GetDHCPServers(session, null, 0, false, 0, false, null, 0, false, out total));
    }
}
