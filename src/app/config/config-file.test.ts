import { describe, expect, test } from 'vitest';

import { checkConfig, loadConfig } from './config-file.ts';
import { configJsonSchema, describeConfig } from './describe-config.ts';

const contract = `hostname: mail.example.test
data: ./data
listeners:
  - ip: 127.0.0.1
    smtp: 2025
    submission: 2587
    submissions: 2465
    imap: 2143
    imaps: 2993
    http: 2080
    https: 2443
tls: { cert: tls.pem, key: tls.key }
dns: { servers: ["127.0.0.1:5300"], trustAd: true }
log: { level: info, format: json }
`;

describe('checkConfig', () => {
  test('the configuration of the contract is accepted; paths are relative to the file', () => {
    const { config, dataDir, notYet } = checkConfig('/etc/posthorn/posthorn.yaml', contract);
    expect(dataDir).toBe('/etc/posthorn/data');
    expect(config.tls).toMatchObject({
      cert: '/etc/posthorn/tls.pem',
      key: '/etc/posthorn/tls.key',
      minVersion: 'TLSv1.2',
    });
    expect(config.listeners[0]).toMatchObject({ smtp: 2025, imaps: 2993 });
    expect(config.limits).toMatchObject({ exempt: [], maxRecipients: 1000 });
    expect(config.dns).toEqual({ servers: [{ address: '127.0.0.1', port: 5300 }], trustAd: true });
    expect(notYet).toEqual(['listeners[0].http', 'listeners[0].https']);
  });

  test('storage outside this machine', () => {
    const text = `hostname: x.test\nstorage: { database: "postgres://h/db", blobs: "s3://b" }\nlisteners: [{ ip: "::1", smtp: 25 }]\n`;
    expect(checkConfig('f.yaml', text).config.storage).toEqual({ database: 'postgres://h/db', blobs: 's3://b' });
  });

  const start = 'hostname: x.test\nlisteners:\n  - ip: 127.0.0.1\n    smtp: 25\n';
  test.each<[string, string, readonly string[]]>([
    ['nothing', '', ['f.yaml: hostname: this key is needed', 'f.yaml: listeners: this key is needed']],
    ['broken YAML', 'hostname: [', ['f.yaml:1: Flow sequence']],
    ['a key twice', `${start}hostname: y\n`, ['f.yaml:5: Map keys must be unique']],
    ['not a mapping', '- 1\n', ['f.yaml:1: expected object, received array']],
    [
      'unknown key',
      `${start}colour: red\n`,
      ['f.yaml:5: colour: there is no such key; "posthorn config describe" lists all'],
    ],
    ['unknown key within', `${start}    nntp: 119\n`, ['f.yaml:5: listeners[0].nntp: there is no such key']],
    [
      'wrong type',
      'hostname: x.test\nlisteners:\n  - ip: 127.0.0.1\n    smtp: "x"\n',
      ['f.yaml:4: listeners[0].smtp: expected number'],
    ],
    [
      'port out of range',
      'hostname: x.test\nlisteners:\n  - ip: 127.0.0.1\n    smtp: 99999\n',
      ['f.yaml:4: listeners[0].smtp: must be a port from 1 to 65535'],
    ],
    [
      'no IP address',
      'hostname: x.test\nlisteners:\n  - ip: localhost\n    smtp: 25\n',
      ['f.yaml:3: listeners[0].ip: "localhost" is no IP address'],
    ],
    ['no host name', start.replace('x.test', '"a b"'), ['f.yaml:1: hostname: "a b" is no host name']],
    ['no listeners', 'hostname: x.test\nlisteners: []\n', ['f.yaml:2: listeners: at least one listener is needed']],
    [
      'acme',
      `${start}tls: { acme: {} }\n`,
      ['f.yaml:5: tls.acme: certificates by ACME are not in this version; use cert and key, or selfSigned'],
    ],
    ['cert without key', `${start}tls:\n  cert: x.pem\n`, ['f.yaml:6: tls: cert and key go together']],
    [
      'cert and self-signed',
      `${start}tls: { cert: a, key: b, selfSigned: true }\n`,
      ['f.yaml:5: tls: either cert and key, or selfSigned: true'],
    ],
    ['neither', `${start}tls: {}\n`, ['f.yaml:5: tls: either cert and key']],
    [
      'logins without TLS',
      `${start}    plaintextLogin: false\n    imap: 143\n`,
      ['f.yaml:6: listeners[0].imap: nobody could log in without a certificate; add'],
    ],
    [
      'TLS ports without TLS',
      `${start}    plaintextLogin: true\n    imaps: 993\n`,
      ['f.yaml:6: listeners[0].imaps: nobody could log in'],
    ],
    [
      'plaintext on the internet',
      'hostname: x.test\nlisteners: [{ ip: 0.0.0.0, imap: 143, plaintextLogin: true }]\n',
      ['f.yaml:2: listeners[0].plaintextLogin: plaintext login is only for loopback'],
    ],
    [
      'no network',
      `${start}limits:\n  exempt: [10.0.0.0/8, 10.0.0.0/99]\n`,
      ['f.yaml:6: limits.exempt[1]: "10.0.0.0/99" is no network'],
    ],
    [
      'no resolver',
      `${start}dns: { servers: [127.0.0.1, dns.test] }\n`,
      ['f.yaml:5: dns.servers[1]: "dns.test" is no resolver'],
    ],
    ['no resolvers', `${start}dns: { servers: [] }\n`, ['f.yaml:5: dns.servers: at least one resolver']],
    [
      'log level',
      `${start}log: { level: loud }\n`,
      ['f.yaml:5: log.level: Invalid option: expected one of "debug"|"info"|"warn"|"error"'],
    ],
    ['two faults', `${start}log: { level: loud }\ncolour: red\n`, ['f.yaml:5: log.level', 'f.yaml:6: colour']],
    [
      'too many aliases',
      `a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c]\n`,
      ['f.yaml: Excessive alias count'],
    ],
  ])('%s', (_name, text, want) => {
    let message = '';
    try {
      checkConfig('f.yaml', text);
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    const lines = message.split('\n');
    expect(lines.length).toBe(want.length);
    want.forEach((part, n) => expect(lines[n]).toContain(part));
  });

  test('a file that is not there', () => {
    expect(() => loadConfig('/nonexistent/posthorn.yaml')).toThrow('/nonexistent/posthorn.yaml: there is no such file');
  });
});

describe('describeConfig', () => {
  test('every key has a meaning; defaults are those that are used', () => {
    const keys = describeConfig();
    expect(keys.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['hostname', 'listeners[].smtp', 'tls.cert', 'limits.exempt', 'log.format']),
    );
    expect(keys.filter(({ meaning }) => meaning === '')).toEqual([]);
    expect(keys.find(({ key }) => key === 'limits.openConnections')?.default).toBe(30);
    expect(keys.filter(({ required }) => required).map(({ key }) => key)).toEqual([
      'hostname',
      'listeners',
      'listeners[].ip',
      'openid.issuer',
      'openid.audience',
      'queue.destinations[].domains',
      'relay.sources[].ip',
      'relay.sources[].warmUp.since',
      'routes[].transport',
    ]);
  });

  test('the JSON Schema knows the same keys', () => {
    expect(configJsonSchema()).toMatchObject({
      properties: { hostname: { type: 'string' } },
      required: ['hostname', 'listeners'],
      additionalProperties: false,
    });
  });
});
