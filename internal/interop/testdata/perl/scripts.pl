# What public Perl scripts do: SOAP::Lite makes a method of each operation of the
# WSDL and passes arguments by their position, '' and 0 for those it has no value
# for. Arguments: base URL, password.
use strict;
use warnings;
use SOAP::Lite;

my ($base, $password) = @ARGV;
$| = 1;
my $service = SOAP::Lite->service("$base/_mmwebext/mmwebext.dll?wsdl?server=localhost");
for my $type (qw(ObjRef ObjectType SortOrder IPAddress)) {
    no strict 'refs';
    *{"SOAP::Serializer::as_$type"} = sub {
        my (undef, $value, $name, $qualified, $attributes) = @_;
        return [$name, { 'xsi:type' => $qualified, %$attributes }, $value];
    };
}
$service->on_fault(sub {
    my (undef, $answer) = @_;
    die(ref $answer ? $answer->faultdetail->{code} . ' ' . $answer->faultstring . "\n" : "$answer\n");
});

sub say_step { my ($step, @values) = @_; print "$step: @values\n" }
sub members { my ($array, $member) = @_; my $value = ref $array ? $array->{$member} : []; return ref $value eq 'ARRAY' ? @$value : $value }

my $session = $service->Login('localhost', 'administrator', $password, 0);
my @ranges = $service->GetRanges($session, '^10.1.2.0/24$', '', '', '', 0, 0, '', '');
say_step('ranges', $ranges[-1], map { "$_->{ref} $_->{name}" } members($ranges[0], 'range'));
my $range = (members($ranges[0], 'range'))[0]->{ref};
my $free = $service->GetNextFreeAddress($session, $range, '', 0, 1, 0);
say_step('next free', $free);
my $record = $service->GetIPAMRecord($session, $free, '', 0);
say_step('record', $record->{address}, $record->{claimed}, $record->{state});
my @records = $service->GetIPAMRecords($session, '10.1.2.0/24', '', 0, 'address:^10.1.2.5$', 0, 0, 0);
say_step('records', $records[-1], map { $_->{address} } members($records[0], 'ipamRecord'));
my @scopes = $service->GetDHCPScopes($session, 'rangeRef:^10.1.2.0/24$', 0, 0, 'name', 'Ascending');
say_step('scopes', $scopes[-1], map { $_->{name} } members($scopes[0], 'dhcpScope'));
my $scope = (members($scopes[0], 'dhcpScope'))[0]->{ref};
say_step('for a reservation', $service->GetNextFreeReservationAddress($session, $scope, '', 0));
my @reservations = $service->GetDHCPReservations($session, $scope, '', 'clientIdentifier:00-50-56-00-00-01', 0, 1, '', '');
say_step('reservations', $reservations[-1], map { "$_->{name} $_->{addresses}{address}" } members($reservations[0], 'dhcpReservation'));
my $removed = eval { $service->RemoveObject($session, (members($reservations[0], 'dhcpReservation'))[0]->{ref}, 'DHCPReservation', 0, 'gone'); 'done' };
say_step('remove', $removed // $@);
@reservations = $service->GetDHCPReservations($session, $scope, '', '', 0, 0, '', '');
say_step('reservations left', $reservations[-1]);
say_step('no range', eval { $service->GetNextFreeAddress($session, '10.9.9.0/24', '', 0, 0, 0); 'found' } // $@ =~ s/\n\z//r);

# Without the WSDL SOAP::Lite knows no types and writes what is not ASCII in base64.
my $plain = SOAP::Lite->new(proxy => "$base/_mmwebext/mmwebext.dll?Soap", default_ns => 'http://menandmice.com/webservices/');
$plain->call('SetProperties', SOAP::Data->name(session => $session), SOAP::Data->name(ref => $scope),
    SOAP::Data->name(properties => \SOAP::Data->name(property => { name => 'description', value => "B\xfcro" })));
my $description = $plain->call('GetDHCPScope', SOAP::Data->name(session => $session), SOAP::Data->name(dhcpScopeRef => $scope))->valueof('//description');
say_step('beyond ASCII', $description eq "B\xfcro" ? 'as sent' : $description);
$service->Logout($session);
