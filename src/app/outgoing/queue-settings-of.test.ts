import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseTransport } from '../../queue/choose-transport.ts';
import { defaultSchedule } from '../../queue/schedule.ts';
import { checkConfig } from '../config/config-file.ts';
import { Refusal } from '../refusal.ts';
import type { NamedRoute } from '../../directory/directory.ts';
import type { AccountId } from '../../store/ids.ts';
import { queueSettingsOf } from './queue-settings-of.ts';
import type { SendingDirectory } from './queue-settings-of.ts';

const minimal = 'hostname: mail.example.org\nlisteners: [{ ip: 127.0.0.1, smtp: 2525 }]\n';
const ann = { id: 1 as AccountId, name: 'ann', quotaBytes: undefined, loginDisabled: undefined };
const rules = {
  uniqueReturnPaths: false,
  copySent: false,
  recipientsPerDay: undefined,
  newRecipientsPerDay: undefined,
};
const noRoutes: readonly NamedRoute[] = [];
const plain: SendingDirectory = {
  findAccount: (id) => (id === ann.id ? ann : undefined),
  sendingRulesOf: () => rules,
  routesOfAccount: () => noRoutes,
  routesOfDomain: () => noRoutes,
};
const settingsOf = (more: string, file = 'posthorn.yaml', directory = plain) =>
  queueSettingsOf(checkConfig(file, minimal + more), directory);

test('without a word about it, the queue is as its own defaults say', () => {
  const settings = settingsOf('');
  expect(settings.schedule).toEqual(defaultSchedule);
  expect(settings.routes.global).toEqual([]);
  expect(settings.limitsOf(ann.id)).toEqual({ recipientsPerDay: 1000, firstTimeRecipientsPerDay: 200 });
});

test('all mail to one host: a transport and a route', () => {
  const text = 'transports: { out: { host: smart.example.org } }\nroutes: [{ transport: out }]\n';
  expect(settingsOf(text).routes.global).toEqual([
    {
      fromDomains: [],
      toDomains: [],
      minimumAttempts: 0,
      transport: {
        kind: 'smarthost',
        name: 'out',
        host: 'smart.example.org',
        port: 587,
        tls: 'starttls',
        verify: true,
      },
    },
  ]);
});

test.each([
  ['{ host: a.example, port: 465 }', { tls: 'implicit', verify: true }],
  ['{ host: 127.0.0.1, port: 2525 }', { host: '127.0.0.1', tls: 'opportunistic', verify: false }],
  [
    '{ host: a.example, port: 2525, username: u, password: p }',
    { tls: 'starttls', login: { username: 'u', password: 'p' } },
  ],
  ['{ host: a.example, tls: none }', { tls: 'none', verify: false }],
  ['{ kind: socks, host: 127.0.0.1, ehlo: out.example }', { kind: 'socks', port: 1080, ehloName: 'out.example' }],
  [
    '{ kind: socks, host: 127.0.0.1, username: u, password: p }',
    { kind: 'socks', login: { username: 'u', password: 'p' } },
  ],
  ['{ kind: direct, families: ipv4 }', { kind: 'direct', families: 'ipv4' }],
  ['{ kind: fail, code: 451, text: later }', { kind: 'fail', code: 451, text: 'later' }],
])('transport %s', (given, wanted) => {
  const text = `transports: { x: ${given} }\nroutes: [{ from: [Example.ORG], to: [.Bücher.example], minimumAttempts: 2, transport: x }]\n`;
  const [route] = settingsOf(text).routes.global;
  expect(route).toMatchObject({
    fromDomains: ['example.org'],
    toDomains: ['.xn--bcher-kva.example'],
    minimumAttempts: 2,
  });
  expect(route?.transport).toMatchObject(wanted);
});

test('an account has the limits that the directory says, else those of the server', () => {
  const strict = { ...plain, sendingRulesOf: () => ({ ...rules, recipientsPerDay: 5 }) };
  const settings = settingsOf('queue: { recipientsPerDay: 70, newRecipientsPerDay: 7 }\n', 'posthorn.yaml', strict);
  expect(settings.limitsOf(ann.id)).toEqual({ recipientsPerDay: 5, firstTimeRecipientsPerDay: 7 });
  expect(settings.limitsOf(2 as AccountId)).toMatchObject({ firstTimeRecipientsPerDay: 7 });
});

test('routes of account, sender domain and server, in this order; what names no transport of ours waits', () => {
  const route = (transport: string, to: readonly string[]): NamedRoute => ({
    ...{ from: [], to, minimumAttempts: 0, transport },
  });
  const ofAnn = [route('first', ['a.example']), route('elsewhere', ['lost.example'])];
  const ofDomain = [route('second', ['a.example', 'b.example'])];
  const routed: SendingDirectory = {
    ...plain,
    routesOfAccount: (id) => (id === ann.id ? ofAnn : noRoutes),
    routesOfDomain: (domain) => (domain === 'ours.example' ? ofDomain : noRoutes),
  };
  const hosts = 'transports: { first: { host: x }, second: { host: y }, third: { host: z } }\n';
  const { routes } = settingsOf(`${hosts}routes: [{ transport: third }]\n`, 'posthorn.yaml', routed);
  const choose = (domain: string, accountId: AccountId | undefined, fromDomain = 'ours.example') =>
    chooseTransport({ domain, attempts: 0, message: { accountId, fromDomain } }, routes);
  expect(choose('a.example', ann.id).name).toBe('first');
  expect(choose('a.example', 2 as AccountId).name).toBe('second');
  expect(choose('b.example', ann.id).name).toBe('second');
  expect(choose('b.example', undefined, 'other.example').name).toBe('third');
  expect(choose('lost.example', ann.id)).toMatchObject({ kind: 'fail', name: 'elsewhere', code: 451 });
});

test('a password can be in a file beside the configuration', () => {
  const dir = mkdtempSync(join(tmpdir(), 'posthorn-routes-'));
  writeFileSync(join(dir, 'secret'), 'open sesame\n');
  const text =
    'transports: { x: { host: a.example, username: u, passwordFile: secret } }\nroutes: [{ transport: x }]\n';
  expect(settingsOf(text, join(dir, 'posthorn.yaml')).routes.global[0]?.transport).toMatchObject({
    login: { password: 'open sesame' },
  });
  expect(() => settingsOf(text.replace('secret', 'missing'), join(dir, 'posthorn.yaml'))).toThrow(Refusal);
});

test('a file with a token is read when it is needed', () => {
  const text = 'transports: { x: { host: a.example, username: u, tokenFile: token } }\nroutes: [{ transport: x }]\n';
  expect(settingsOf(text, '/etc/posthorn/posthorn.yaml').routes.global[0]?.transport).toMatchObject({
    tls: 'starttls',
    login: { username: 'u', tokenFile: '/etc/posthorn/token' },
  });
});

test.each([
  ['transports: { x: { host: a, username: u, password: p, tokenFile: t } }', 'one of password, passwordFile'],
  ['transports: { x: { kind: socks, host: a, username: u, tokenFile: t } }', 'only a smarthost takes a token'],
  ['routes: [{ transport: nowhere }]', 'there is no transport "nowhere"'],
  ['transports: { x: {} }', 'host is missing'],
  ['transports: { x: { host: a.example, username: u } }', 'username and password go together'],
  ['transports: { x: { kind: fail, username: u, password: p } }', 'only a smarthost and a proxy take a login'],
  ['transports: { x: { kind: socks, host: a.example, clientCert: x } }', 'only a smarthost takes a certificate'],
  ['transports: { x: { kind: fail, code: 200 } }', 'transports.x.code'],
  ['transports: { direct: { host: a.example } }', 'is a name of our own'],
  ['routes: [{ to: ["not a domain"], transport: direct }]', 'is no domain'],
])('%s is refused', (text, message) => {
  expect(() => settingsOf(`${text}\n`)).toThrow(message);
});
