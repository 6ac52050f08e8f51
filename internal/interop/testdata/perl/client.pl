# The scenario with SOAP::Lite: commands of plain parameters by position, as the
# methods it makes of the WSDL take them; the others by name, without a namespace.
# Arguments: base URL, password.
use strict;
use utf8;
use warnings;
use SOAP::Lite;

binmode STDOUT, ':utf8';
$| = 1;
my ($base, $password) = @ARGV;
my $namespace = 'http://menandmice.com/webservices/';
my $service = SOAP::Lite->service("$base/_mmwebext/mmwebext.dll?wsdl?server=localhost");
my $plain = SOAP::Lite->proxy("$base/_mmwebext/mmwebext.dll?Soap")->ns($namespace, 'tns')
    ->on_action(sub { '"' . join('', @_) . '"' });

# SOAP::Lite sends nil for a parameter of a type that it has no serializer for.
for my $type (qw(ObjRef ObjectType SortOrder)) {
    no strict 'refs';
    *{"SOAP::Serializer::as_$type"} = sub {
        my (undef, $value, $name, $qualified, $attributes) = @_;
        return [$name, { 'xsi:type' => $qualified, %$attributes }, $value];
    };
}

sub say_step { my ($step, $value) = @_; print "$step: $value\n" }

# A fault ends the call and carries what the detail says.
my $on_fault = sub {
    my (undef, $answer) = @_;
    die(ref $answer ? $answer->faultdetail->{code} . ' ' . $answer->faultstring . "\n" : "$answer\n");
};
$_->on_fault($on_fault) for $service, $plain;

sub fault {
    my ($step, $call) = @_;
    say_step($step, eval { $call->(); 'no fault' } || $@ =~ s/\n\z//r);
}

# text and struct make parameters; without a type SOAP::Lite would send base64.
sub text { my ($name, $value) = @_; return SOAP::Data->name($name)->type('string')->value($value) }

sub struct {
    my ($name, @fields) = @_;
    my @data;
    while (my ($field, $value) = splice @fields, 0, 2) {
        push @data, ref $value ? $value->name($field) : text($field, $value);
    }
    return SOAP::Data->name($name)->value(\SOAP::Data->value(@data));
}

my $session;
sub call { my ($operation, @data) = @_; return $plain->call($operation, text(session => $session), @data) }
sub done { my ($answer) = @_; return defined $answer->result && $answer->result ne '' ? 'answered' : 'done' }

# A single member of an array arrives as itself, several as a list, none as ''.
sub members {
    my ($array, $member) = @_;
    return () unless ref $array;
    my $value = $array->{$member};
    return ref $value eq 'ARRAY' ? @$value : $value;
}
sub refs { my ($seen) = @_; return join(' ', members($seen->{dhcpScopeRefs}, 'ref')) || 'none' }
sub scopes {
    my @result = @_;    # totalResults is the last output
    return (join(' ', map { $_->{name} } members($result[0], 'dhcpScope')) || 'none') . " of $result[-1]";
}
sub relationships {
    my @result = $service->GetDHCPFailoverRelationships($session, @_);
    return members($result[0], 'dhcpFailoverRelationship');
}

$session = $service->Login('localhost', 'administrator', $password, 0);
say_step('session', length($session) . ' characters');
say_step('relationships at first', scalar(my @none = relationships()));

my @servers;
for my $n (1, 2) {
    push @servers, call('AddDHCPServer',
        struct(dhcpServer => name => "dhcp$n.example.com.", address => "192.0.2.$n", type => 'ISC'))->result;
    say_step('server', $servers[-1]);
}

my @lan;
for my $n (0 .. 2) {
    my $range = call('AddRange', struct(range => name => "10.0.$n.0/24", subnet => 'true'))->result;
    push @lan, call('AddDHCPScope',
        struct(dhcpScope => name => "lan-$n", rangeRef => $range, dhcpServerRef => $servers[0]),
        text(saveComment => 'new scope'))->result;
    say_step('scope', $lan[-1]);
}
my $pool = call('AddDHCPAddressPool', struct(dhcpAddressPool =>
    name => 'pool-0', from => '10.0.0.10', to => '10.0.0.200', dhcpScopeRef => $lan[0]))->result;
say_step('pool', $pool);

my @pair = (name => 'fo1', primaryServer => 'dhcp1.example.com.', secondaryServer => 'dhcp2.example.com.',
    failoverMode => 'LoadBalance', failoverServerType => 'PrimaryServer');
sub pair {
    my ($mclt, $percentage) = @_;
    return struct(dhcpFailoverRelationship => @pair, mclt => $mclt, safePeriod => 0,
        dhcpScopeRefs => '', percentage => $percentage);
}
say_step('add relationship', done(call('AddDHCPFailoverRelationship', pair(3600, 50), text(saveComment => 'new pair'))));
my $seen = $service->GetDHCPFailoverRelationship($session, $servers[0], 'fo1');
say_step('on the primary', "$seen->{name} $seen->{primaryServer} $seen->{secondaryServer} $seen->{failoverMode} "
    . "$seen->{failoverServerType} mclt $seen->{mclt} percentage $seen->{percentage}");
$seen = $service->GetDHCPFailoverRelationship($session, $servers[1], 'fo1');
say_step('on the secondary', "$seen->{failoverServerType} scopes " . refs($seen));

say_step('modify relationship', done(call('ModifyDHCPFailoverRelationship', pair(1800, 0), text(saveComment => 'shorter'))));
$seen = $service->GetDHCPFailoverRelationship($session, $servers[0], 'fo1');
say_step('modified', "mclt $seen->{mclt} percentage $seen->{percentage}");

my @named = (text(dhcpServerRef => $servers[0]), text(dhcpFailoverRelationshipName => 'fo1'));
say_step('add scope', done(call('AddDHCPScopesToDHCPFailoverRelationship', @named, struct(dhcpScopeRefs => ref => $lan[0]))));
my @listed = relationships($servers[1]);
say_step('relationships of the secondary', @listed . ' scopes ' . refs($listed[0]));
say_step('peer of the pool', $service->GetDHCPAddressPool($session, $pool)->{failoverPeer});

say_step('page', scopes($service->GetDHCPScopes($session, "dhcpServerRef:^$servers[0]\$", 1, 1, 'name', 'Ascending')));
say_step('filter', scopes($service->GetDHCPScopes($session, 'name:^lan-2$', 0, 0, '', '')));
say_step('no match', scopes($service->GetDHCPScopes($session, 'name:^lan-9$')));

say_step('remove scope', done(call('RemoveDHCPScopesFromDHCPFailoverRelationship', @named,
    struct(dhcpScopeRefs => ref => $lan[0]), text(dhcpFailoverRelationshipDeconfigureAction => 'Delete'))));
say_step('left on the secondary', scopes($service->GetDHCPScopes($session, "dhcpServerRef:^$servers[1]\$")));

say_step('set properties', done(call('SetProperties', text(ref => $lan[0]), text(objType => 'DHCPScope'),
    struct(properties => property => struct(property => name => 'description', value => 'Büro "Nord" <1> & mehr')))));
say_step('description', $service->GetDHCPScope($session, $lan[0])->{description});

sub remove {
    my ($name) = @_;
    my $item = struct(item => dhcpServerRef => $servers[0], dhcpFailoverRelationshipName => $name);
    return call('RemoveDHCPFailoverRelationships', struct(dhcpRefAndFailoverRelationshipNames =>
        dhcpRefAndFailoverRelationshipName => $item), text(saveComment => 'no more pair'));
}
fault('wrong password', sub { $service->Login('localhost', 'administrator', 'wrong', 0) });
fault('unknown scope', sub { $service->GetDHCPScope($session, '{#7-#99}') });
fault('unknown relationship', sub { remove('fo9') });

say_step('remove relationship', done(remove('fo1')));
say_step('relationships at last', scalar(@none = relationships()));

my $history = $service->GetHistory($session, '', 'DHCPFailoverPeer', '', '', '', '', '', 50);
my @events = grep { $_->{objName} eq 'fo1' } members($history, 'event');
for (['newest', $events[0]], ['oldest', $events[-1]]) {
    my ($which, $event) = @$_;
    say_step("$which event", "$event->{eventType} by $event->{username}: $event->{saveComment}");
}

say_step('logout', do { $service->Logout($session); 'done' });
fault('after logout', sub { $service->GetDHCPServers($session) });
