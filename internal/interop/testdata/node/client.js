// The scenario with the npm package soap. Arguments: base URL, password, SOAP version (1.1 or 1.2).
'use strict';
const soap = require('soap');

const [base, password, version] = process.argv.slice(2);
const say = (step, value) => console.log(`${step}: ${value}`);

async function fault(step, call) {
  try {
    await call();
    say(step, 'no fault');
  } catch (error) {
    const body = error.root.Envelope.Body.Fault;
    const message = body.faultstring || body.Reason.Text.$value || body.Reason.Text;
    say(step, `${(body.detail || body.Detail).code} ${message}`);
  }
}

const done = (answer) => (answer === null || Object.keys(answer).length === 0 ? 'done' : JSON.stringify(answer));
// This package makes null of an empty array.
const refs = (relationship) => (relationship.dhcpScopeRefs?.ref || []).join(' ') || 'none';
const scopes = (answer) =>
  `${(answer.dhcpScopes?.dhcpScope || []).map((s) => s.name).join(' ') || 'none'} of ${answer.totalResults}`;

async function main() {
  const client = await soap.createClientAsync(`${base}/_mmwebext/mmwebext.dll?wsdl`, {
    forceSoap12Headers: version === '1.2',
  });
  let session;
  const call = async (operation, parameters) =>
    (await client[`${operation}Async`](session ? { session, ...parameters } : parameters))[0];
  const relationships = async (parameters) =>
    (await call('GetDHCPFailoverRelationships', parameters)).dhcpFailoverRelationships?.dhcpFailoverRelationship || [];

  const account = { server: 'localhost', loginName: 'administrator', password };
  session = (await call('Login', account)).session;
  say('session', `${session.length} characters`);
  say('relationships at first', (await relationships()).length);

  const servers = [];
  for (const n of [1, 2]) {
    const dhcpServer = { name: `dhcp${n}.example.com.`, address: `192.0.2.${n}`, type: 'ISC' };
    servers.push((await call('AddDHCPServer', { dhcpServer })).ref);
    say('server', servers.at(-1));
  }

  const lan = [];
  for (const n of [0, 1, 2]) {
    const rangeRef = (await call('AddRange', { range: { name: `10.0.${n}.0/24`, subnet: true } })).ref;
    const dhcpScope = { name: `lan-${n}`, rangeRef, dhcpServerRef: servers[0] };
    lan.push((await call('AddDHCPScope', { dhcpScope, saveComment: 'new scope' })).ref);
    say('scope', lan.at(-1));
  }
  const pool = (await call('AddDHCPAddressPool', {
    dhcpAddressPool: { name: 'pool-0', from: '10.0.0.10', to: '10.0.0.200', dhcpScopeRef: lan[0] },
  })).ref;
  say('pool', pool);

  const pair = {
    name: 'fo1', primaryServer: 'dhcp1.example.com.', secondaryServer: 'dhcp2.example.com.',
    failoverMode: 'LoadBalance', failoverServerType: 'PrimaryServer', mclt: 3600, safePeriod: 0,
    dhcpScopeRefs: {}, percentage: 50,
  };
  const named = (dhcpServerRef) => ({ dhcpServerRef, dhcpFailoverRelationshipName: 'fo1' });
  const get = async (server) => (await call('GetDHCPFailoverRelationship', named(server))).dhcpFailoverRelationship;
  say('add relationship', done(await call('AddDHCPFailoverRelationship',
    { dhcpFailoverRelationship: pair, saveComment: 'new pair' })));
  let seen = await get(servers[0]);
  say('on the primary', `${seen.name} ${seen.primaryServer} ${seen.secondaryServer} ${seen.failoverMode} `
    + `${seen.failoverServerType} mclt ${seen.mclt} percentage ${seen.percentage}`);
  seen = await get(servers[1]);
  say('on the secondary', `${seen.failoverServerType} scopes ${refs(seen)}`);

  say('modify relationship', done(await call('ModifyDHCPFailoverRelationship',
    { dhcpFailoverRelationship: { ...pair, mclt: 1800, percentage: 0 }, saveComment: 'shorter' })));
  seen = await get(servers[0]);
  say('modified', `mclt ${seen.mclt} percentage ${seen.percentage}`);

  say('add scope', done(await call('AddDHCPScopesToDHCPFailoverRelationship',
    { ...named(servers[0]), dhcpScopeRefs: { ref: [lan[0]] } })));
  const listed = await relationships({ dhcpServerRef: servers[1] });
  say('relationships of the secondary', `${listed.length} scopes ${refs(listed[0])}`);
  const found = await call('GetDHCPAddressPool', { dhcpAddressPoolRef: pool });
  say('peer of the pool', found.dhcpAddressPool.failoverPeer);

  say('page', scopes(await call('GetDHCPScopes', {
    filter: `dhcpServerRef:^${servers[0]}$`, offset: 1, limit: 1, sortBy: 'name', sortOrder: 'Ascending',
  })));
  say('filter', scopes(await call('GetDHCPScopes', { filter: 'name:^lan-2$' })));
  say('no match', scopes(await call('GetDHCPScopes', { filter: 'name:^lan-9$' })));

  say('remove scope', done(await call('RemoveDHCPScopesFromDHCPFailoverRelationship', {
    ...named(servers[0]), dhcpScopeRefs: { ref: [lan[0]] }, dhcpFailoverRelationshipDeconfigureAction: 'Delete',
  })));
  say('left on the secondary', scopes(await call('GetDHCPScopes', { filter: `dhcpServerRef:^${servers[1]}$` })));

  say('set properties', done(await call('SetProperties', {
    ref: lan[0], objType: 'DHCPScope',
    properties: { property: [{ name: 'description', value: 'Büro "Nord" <1> & mehr' }] },
  })));
  say('description', (await call('GetDHCPScope', { dhcpScopeRef: lan[0] })).dhcpScope.description);

  const remove = (name) => call('RemoveDHCPFailoverRelationships', {
    dhcpRefAndFailoverRelationshipNames: {
      dhcpRefAndFailoverRelationshipName: [{ dhcpServerRef: servers[0], dhcpFailoverRelationshipName: name }],
    },
    saveComment: 'no more pair',
  });
  await fault('wrong password', () => client.LoginAsync({ ...account, password: 'wrong' }));
  await fault('unknown scope', () => call('GetDHCPScope', { dhcpScopeRef: '{#7-#99}' }));
  await fault('unknown relationship', () => remove('fo9'));

  say('remove relationship', done(await remove('fo1')));
  say('relationships at last', (await relationships()).length);

  const history = await call('GetHistory', { objType: 'DHCPFailoverPeer', limit: 50 });
  const events = history.events.event.filter((event) => event.objName === 'fo1');
  for (const [which, event] of [['newest', events[0]], ['oldest', events.at(-1)]]) {
    say(`${which} event`, `${event.eventType} by ${event.username}: ${event.saveComment}`);
  }

  say('logout', done(await call('Logout')));
  await fault('after logout', () => call('GetDHCPServers'));
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
