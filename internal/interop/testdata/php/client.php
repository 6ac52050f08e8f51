<?php
// The scenario with PHP's SoapClient. Arguments: base URL, password, SOAP version (1.1 or 1.2).
[, $base, $password, $version] = $argv;
$client = new SoapClient("$base/_mmwebext/mmwebext.dll?wsdl", [
    'soap_version' => $version === '1.2' ? SOAP_1_2 : SOAP_1_1,
    'cache_wsdl' => WSDL_CACHE_NONE,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    'compression' => SOAP_COMPRESSION_ACCEPT | SOAP_COMPRESSION_GZIP,
]);

function say(string $step, string $value): void
{
    echo "$step: $value\n";
}

function fault(string $step, callable $call): void
{
    try {
        $call();
        say($step, 'no fault');
    } catch (SoapFault $fault) {
        say($step, "{$fault->detail->code} {$fault->getMessage()}");
    }
}

// done tells that a command without output was answered by an empty object.
function done(object $answer): string
{
    return (array) $answer === [] ? 'done' : json_encode($answer);
}

function refs(object $relationship): string
{
    return implode(' ', $relationship->dhcpScopeRefs->ref ?? []) ?: 'none';
}

function scopes(object $answer): string
{
    $names = array_map(fn ($scope) => $scope->name, $answer->dhcpScopes->dhcpScope ?? []);
    return (implode(' ', $names) ?: 'none') . " of {$answer->totalResults}";
}

$session = $client->Login(
    ['server' => 'localhost', 'loginName' => 'administrator', 'password' => $password])->session;
say('session', strlen($session) . ' characters');
$mine = ['session' => $session];

function relationships(array $parameters): array
{
    global $client;
    return $client->GetDHCPFailoverRelationships($parameters)
        ->dhcpFailoverRelationships->dhcpFailoverRelationship ?? [];
}

say('relationships at first', count(relationships($mine)));

$servers = [];
foreach ([1, 2] as $n) {
    $servers[] = $ref = $client->AddDHCPServer($mine + ['dhcpServer' => [
        'name' => "dhcp$n.example.com.", 'address' => "192.0.2.$n", 'type' => 'ISC']])->ref;
    say('server', $ref);
}

$lan = [];
foreach ([0, 1, 2] as $n) {
    $range = $client->AddRange($mine + ['range' => ['name' => "10.0.$n.0/24", 'subnet' => true]])->ref;
    $lan[] = $ref = $client->AddDHCPScope($mine + [
        'dhcpScope' => ['name' => "lan-$n", 'rangeRef' => $range, 'dhcpServerRef' => $servers[0]],
        'saveComment' => 'new scope'])->ref;
    say('scope', $ref);
}
$pool = $client->AddDHCPAddressPool($mine + ['dhcpAddressPool' => [
    'name' => 'pool-0', 'from' => '10.0.0.10', 'to' => '10.0.0.200', 'dhcpScopeRef' => $lan[0]]])->ref;
say('pool', $pool);

$pair = [
    'name' => 'fo1', 'primaryServer' => 'dhcp1.example.com.', 'secondaryServer' => 'dhcp2.example.com.',
    'failoverMode' => 'LoadBalance', 'failoverServerType' => 'PrimaryServer', 'mclt' => 3600,
    'safePeriod' => 0, 'dhcpScopeRefs' => [], 'percentage' => 50];
say('add relationship', done($client->AddDHCPFailoverRelationship(
    $mine + ['dhcpFailoverRelationship' => $pair, 'saveComment' => 'new pair'])));
$named = fn (string $server) => $mine + ['dhcpServerRef' => $server, 'dhcpFailoverRelationshipName' => 'fo1'];
$seen = $client->GetDHCPFailoverRelationship($named($servers[0]))->dhcpFailoverRelationship;
say('on the primary', "$seen->name $seen->primaryServer $seen->secondaryServer $seen->failoverMode "
    . "$seen->failoverServerType mclt $seen->mclt percentage $seen->percentage");
$seen = $client->GetDHCPFailoverRelationship($named($servers[1]))->dhcpFailoverRelationship;
say('on the secondary', "$seen->failoverServerType scopes " . refs($seen));

$shorter = ['mclt' => 1800, 'percentage' => 0] + $pair;
say('modify relationship', done($client->ModifyDHCPFailoverRelationship(
    $mine + ['dhcpFailoverRelationship' => $shorter, 'saveComment' => 'shorter'])));
$seen = $client->GetDHCPFailoverRelationship($named($servers[0]))->dhcpFailoverRelationship;
say('modified', "mclt $seen->mclt percentage $seen->percentage");

say('add scope', done($client->AddDHCPScopesToDHCPFailoverRelationship(
    $named($servers[0]) + ['dhcpScopeRefs' => ['ref' => [$lan[0]]]])));
$listed = relationships($mine + ['dhcpServerRef' => $servers[1]]);
say('relationships of the secondary', count($listed) . ' scopes ' . refs($listed[0]));
say('peer of the pool', $client->GetDHCPAddressPool(
    $mine + ['dhcpAddressPoolRef' => $pool])->dhcpAddressPool->failoverPeer);

say('page', scopes($client->GetDHCPScopes($mine + [
    'filter' => "dhcpServerRef:^{$servers[0]}$", 'offset' => 1, 'limit' => 1,
    'sortBy' => 'name', 'sortOrder' => 'Ascending'])));
say('filter', scopes($client->GetDHCPScopes($mine + ['filter' => 'name:^lan-2$'])));
say('no match', scopes($client->GetDHCPScopes($mine + ['filter' => 'name:^lan-9$'])));

say('remove scope', done($client->RemoveDHCPScopesFromDHCPFailoverRelationship($named($servers[0]) + [
    'dhcpScopeRefs' => ['ref' => [$lan[0]]], 'dhcpFailoverRelationshipDeconfigureAction' => 'Delete'])));
say('left on the secondary', scopes($client->GetDHCPScopes(
    $mine + ['filter' => "dhcpServerRef:^{$servers[1]}$"])));

say('set properties', done($client->SetProperties($mine + ['ref' => $lan[0], 'objType' => 'DHCPScope',
    'properties' => ['property' => [['name' => 'description', 'value' => 'Büro "Nord" <1> & mehr']]]])));
say('description', $client->GetDHCPScope($mine + ['dhcpScopeRef' => $lan[0]])->dhcpScope->description);

fault('wrong password', fn () => $client->Login(
    ['server' => 'localhost', 'loginName' => 'administrator', 'password' => 'wrong']));
fault('unknown scope', fn () => $client->GetDHCPScope($mine + ['dhcpScopeRef' => '{#7-#99}']));
$remove = fn (string $name) => $client->RemoveDHCPFailoverRelationships($mine + [
    'dhcpRefAndFailoverRelationshipNames' => ['dhcpRefAndFailoverRelationshipName' => [
        ['dhcpServerRef' => $servers[0], 'dhcpFailoverRelationshipName' => $name]]],
    'saveComment' => 'no more pair']);
fault('unknown relationship', fn () => $remove('fo9'));

say('remove relationship', done($remove('fo1')));
say('relationships at last', count(relationships($mine)));

$history = $client->GetHistory($mine + ['objType' => 'DHCPFailoverPeer', 'limit' => 50])->events->event;
$events = array_values(array_filter($history, fn ($event) => $event->objName === 'fo1'));
foreach (['newest' => $events[0], 'oldest' => end($events)] as $which => $event) {
    say("$which event", "$event->eventType by $event->username: $event->saveComment");
}

say('logout', done($client->Logout($mine)));
fault('after logout', fn () => $client->GetDHCPServers($mine));
