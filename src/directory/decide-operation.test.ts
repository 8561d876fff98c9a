import { X509Certificate } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { decideOperation } from './decide-operation.ts';
import type { DirectoryOperation } from './decide-operation.ts';
import type { DirectoryConflict } from './directory-conflict.ts';
import { allRecords, DirectoryTables } from './directory-tables.ts';
import { buildTables } from './load-tables.ts';
import { p256Certificate, rsa1024Certificate } from './testing/certificates.ts';

const context = { now: '2026-01-01T00:00:00Z', credential: undefined, dkimKeys: [] };

/** The tables after these operations, each of which must be allowed. */
function after(...operations: readonly DirectoryOperation[]): DirectoryTables {
  const tables = new DirectoryTables();
  for (const operation of operations) {
    const decided = decideOperation(tables, operation, context);
    if (!decided.ok) throw new Error(`${JSON.stringify(operation)}: ${decided.error.message}`);
    tables.apply(decided.value);
  }
  return tables;
}

const domain = { do: 'domain-add', domain: 'example.org' } as const;
const alice = { do: 'account-add', name: 'alice', address: 'alice@example.org' } as const;
const bob = { do: 'account-add', name: 'bob', address: 'bob@example.org' } as const;
const catchall = { do: 'address-add', address: '@example.org', account: 'alice' } as const;
const team = { do: 'alias-add', alias: 'team@example.org', members: ['alice@example.org'] } as const;
const reports = { do: 'domain-add', domain: 'reports.example', reportsOnly: true } as const;
const base = [domain, alice, bob];
const pem = (text: string) => Buffer.from(text).toString('base64');
const key = {
  do: 'tls-public-key-add',
  address: 'alice+laptop@example.org',
  certificate: pem(p256Certificate),
} as const;

describe('refused, with a reason and a text that names the conflict', () => {
  test.each<[string, readonly DirectoryOperation[], DirectoryOperation, DirectoryConflict['reason'], RegExp]>([
    [
      'domain twice, other spelling',
      [{ do: 'domain-add', domain: 'bücher.example' }],
      { do: 'domain-add', domain: 'XN--bcher-kva.example' },
      'exists',
      /bücher\.example is configured already/,
    ],
    ['no domain name', [], { do: 'domain-add', domain: 'a b' }, 'invalid', /"a b" is no domain name/],
    ['unknown domain', [], alice, 'unknown', /no domain example\.org; add it with/],
    [
      'first address of others',
      base,
      { do: 'account-add', name: 'c', address: 'bob@example.org' },
      'exists',
      /bob@example\.org is an address of account "bob" already/,
    ],
    ['account twice', base, { ...alice, address: 'x@example.org' }, 'exists', /"alice"/],
    ['bad account name', [domain], { ...alice, name: '../x' }, 'invalid', /cannot be an account name/],
    [
      'local part with separator',
      base,
      { do: 'address-add', address: 'a+b@example.org', account: 'bob' },
      'separator-in-local-part',
      /a\+b@example\.org contains "\+"/,
    ],
    [
      'address twice',
      base,
      { do: 'address-add', address: 'alice@example.org', account: 'bob' },
      'exists',
      /alice@example\.org is an address of account "alice" already/,
    ],
    [
      'same canonical form by case',
      base,
      { do: 'address-add', address: 'ALICE@example.org', account: 'bob' },
      'same-canonical-form',
      /ALICE@example\.org is the same address as alice@example\.org, .*account "alice"/,
    ],
    [
      'same canonical form by quotes',
      base,
      { do: 'address-add', address: '"alice"@example.org', account: 'bob' },
      'exists',
      /alice@example\.org/,
    ],
    [
      'same canonical form by Unicode',
      [domain, { ...alice, address: 'ju\u{308}rgen@example.org' }],
      { do: 'address-add', address: 'j\u{fc}rgen@example.org', account: 'alice' },
      'exists',
      /jürgen@example\.org/,
    ],
    [
      'address of unknown account',
      base,
      { do: 'address-add', address: 'x@example.org', account: 'carol' },
      'unknown',
      /no account "carol"/,
    ],
    [
      'catchall twice',
      [...base, catchall],
      { ...catchall, account: 'bob' },
      'catchall-taken',
      /example\.org has a catchall, to account "alice"; remove it first/,
    ],
    [
      'alias over an address',
      base,
      { ...team, alias: 'Bob@example.org' },
      'same-canonical-form',
      /Bob@example\.org is the same address as bob@example\.org/,
    ],
    [
      'address over an alias',
      [...base, team],
      { do: 'address-add', address: 'TEAM@example.org', account: 'bob' },
      'same-canonical-form',
      /team@example\.org, which is an alias/,
    ],
    [
      'first address over an alias',
      [...base, team],
      { do: 'account-add', name: 'team', address: 'team@example.org' },
      'exists',
      /is an alias already/,
    ],
    [
      'alias with separator',
      base,
      { ...team, alias: 'team+x@example.org' },
      'separator-in-local-part',
      /contains "\+"/,
    ],
    ['alias without members', base, { ...team, members: [] }, 'invalid', /at least one member/],
    [
      'alias of an alias',
      [...base, team],
      { do: 'alias-add', alias: 'all@example.org', members: ['team@example.org'] },
      'nested-alias',
      /team@example\.org is an alias itself/,
    ],
    [
      'alias member of others',
      base,
      { ...team, members: ['x@other.example'] },
      'unknown',
      /x@other\.example is no address/,
    ],
    [
      'alias member that only the catchall takes',
      [...base, catchall],
      { ...team, members: ['nobody@example.org'] },
      'unknown',
      /nobody@example\.org/,
    ],
    [
      'alias member with separator',
      base,
      { ...team, members: ['alice+x@example.org'] },
      'unknown',
      /alice\+x@example\.org is no address/,
    ],
    [
      'alias member twice',
      base,
      { ...team, members: ['alice@example.org', 'Alice@example.org'] },
      'exists',
      /alice@example\.org is a member already/,
    ],
    ['catchall as alias', base, { ...team, alias: '@example.org' }, 'invalid', /catchall cannot be an alias/],
    ['catchall as member', [...base, catchall], { ...team, members: ['@example.org'] }, 'unknown', /@example\.org/],
    [
      'address in a reports-only domain',
      [...base, reports],
      { do: 'address-add', address: 'x@reports.example', account: 'bob' },
      'reports-only-domain',
      /reports\.example is for reports only/,
    ],
    [
      'alias in a reports-only domain',
      [...base, reports],
      { ...team, alias: 'x@reports.example' },
      'reports-only-domain',
      /reports\.example/,
    ],
    [
      'reports only with addresses',
      base,
      { do: 'domain-set', domain: 'example.org', reportsOnly: true },
      'reports-only-domain',
      /while it has alice@example\.org/,
    ],
    [
      'removing a domain with addresses',
      base,
      { do: 'domain-remove', domain: 'example.org' },
      'in-use',
      /has alice@example\.org, bob@example\.org; remove them first/,
    ],
    [
      'removing the last member',
      [...base, team],
      { do: 'address-remove', address: 'alice@example.org' },
      'in-use',
      /alias team@example\.org would have no member/,
    ],
    [
      'removing the last member by hand',
      [...base, team],
      { do: 'alias-remove-member', alias: 'team@example.org', members: ['alice@example.org'] },
      'in-use',
      /no member left/,
    ],
    [
      'removing the account of the last member',
      [...base, { ...team, members: ['bob@example.org'] }],
      { do: 'account-remove', name: 'bob' },
      'in-use',
      /alias team@example\.org/,
    ],
    ['removing the postmaster', base, { do: 'account-remove', name: 'alice' }, 'in-use', /postmaster; name another/],
    [
      'removing an address with a separator',
      base,
      { do: 'address-remove', address: 'alice+x@example.org' },
      'unknown',
      /not configured/,
    ],
    [
      'removing an alias as an address',
      [...base, team],
      { do: 'address-remove', address: 'team@example.org' },
      'unknown',
      /is an alias/,
    ],
    [
      'removing an unknown member',
      [...base, team],
      { do: 'alias-remove-member', alias: 'team@example.org', members: ['bob@example.org'] },
      'unknown',
      /no member/,
    ],
    [
      'separator that an address contains',
      [...base, { do: 'address-add', address: 'a-b@example.org', account: 'bob' }],
      { do: 'domain-set', domain: 'example.org', separators: ['+', '-'] },
      'separator-in-local-part',
      /a-b@example\.org contains "-"/,
    ],
    [
      'separator that an alias contains',
      [...base, { ...team, alias: 'the_team@example.org' }],
      { do: 'domain-set', domain: 'example.org', separators: ['_'] },
      'separator-in-local-part',
      /the_team/,
    ],
    [
      'case rules that make two addresses equal',
      [
        domain,
        { do: 'domain-set', domain: 'example.org', caseSensitive: true },
        alice,
        { do: 'account-add', name: 'b', address: 'ALICE@example.org' },
      ],
      { do: 'domain-set', domain: 'example.org', caseSensitive: false },
      'same-canonical-form',
      /ALICE@example\.org and alice@example\.org would be the same/,
    ],
    ['separator twice', base, { do: 'domain-set', domain: 'example.org', separators: ['+', '+'] }, 'invalid', /twice/],
    [
      'separator that is a letter',
      base,
      { do: 'domain-set', domain: 'example.org', separators: ['x'] },
      'invalid',
      /"x"/,
    ],
    [
      'text for disabled logins',
      base,
      { do: 'account-set', name: 'bob', loginDisabled: 'a\nb' },
      'invalid',
      /printable/,
    ],
    [
      'hidden capability that clients need',
      base,
      { do: 'account-set', name: 'bob', hiddenCapabilities: ['IDLE', 'imap4rev1'] },
      'invalid',
      /not IMAP4REV1/,
    ],
    [
      'hidden capability with a blank',
      base,
      { do: 'account-set', name: 'bob', hiddenCapabilities: ['IDLE MOVE'] },
      'invalid',
      /not IDLE MOVE/,
    ],
    ['key twice', [...base, key], key, 'exists', /is there already/],
    [
      'key for an alias',
      [...base, team],
      { ...key, address: 'team@example.org' },
      'unknown',
      /no address that an account can log in with/,
    ],
    ['key too small', base, { ...key, certificate: pem(rsa1024Certificate) }, 'invalid', /2048 bits/],
    ['no certificate', base, { ...key, certificate: pem('hello') }, 'invalid', /no certificate/],
    [
      'removing the address that a key logs in with',
      [...base, { ...key, address: 'bob@example.org' }],
      { do: 'address-remove', address: 'bob@example.org' },
      'in-use',
      /logs in as bob@example\.org; remove the key first/,
    ],
    [
      'removing the catchall that a key logs in with',
      [...base, catchall, { ...key, address: 'any@example.org' }],
      { do: 'address-remove', address: '@example.org' },
      'in-use',
      /logs in as any@example\.org/,
    ],
    [
      "giving a key's address to another account",
      [...base, catchall, { ...key, address: 'any@example.org' }],
      { do: 'address-add', address: 'any@example.org', account: 'bob' },
      'in-use',
      /logs in as any@example\.org/,
    ],
    [
      'unknown operation',
      [],
      { do: 'nonsense' } as unknown as DirectoryOperation,
      'invalid',
      /no operation "nonsense"/,
    ],
    ['unknown argument', [], { ...domain, colour: 'red' } as DirectoryOperation, 'invalid', /colour/],
    ['wrong type', [], { do: 'domain-add', domain: 5 } as unknown as DirectoryOperation, 'invalid', /domain/],
  ])('%s', (_name, before, operation, reason, message) => {
    const decided = decideOperation(after(...before), operation, context);
    expect(decided.ok ? 'allowed' : decided.error.reason).toBe(reason);
    expect(decided.ok ? '' : decided.error.message).toMatch(message);
  });
});

describe('allowed', () => {
  test.each<[string, readonly DirectoryOperation[]]>([
    [
      'case-sensitive domains tell letters apart',
      [
        domain,
        { do: 'domain-set', domain: 'example.org', caseSensitive: true },
        alice,
        { do: 'account-add', name: 'b', address: 'ALICE@example.org' },
      ],
    ],
    [
      'one catchall per domain',
      [
        ...base,
        { do: 'domain-add', domain: 'b.example' },
        catchall,
        { ...catchall, address: '@b.example', account: 'bob' },
      ],
    ],
    [
      'the last account may go',
      [domain, alice, { do: 'account-remove', name: 'alice' }, { do: 'domain-remove', domain: 'example.org' }],
    ],
    [
      'the postmaster may go once another is named',
      [...base, { do: 'settings-set', postmaster: 'bob' }, { do: 'account-remove', name: 'alice' }],
    ],
    [
      'members by another spelling',
      [
        ...base,
        { ...team, members: ['ALICE@Example.Org'] },
        { do: 'alias-add-member', alias: 'TEAM@example.org', members: ['bob@example.org'] },
      ],
    ],
    [
      'an account goes with its keys and memberships',
      [
        ...base,
        { ...team, members: ['alice@example.org', 'bob@example.org'] },
        { ...key, address: 'bob@example.org' },
        { do: 'account-remove', name: 'bob' },
      ],
    ],
    [
      'no separators',
      [
        ...base,
        { do: 'domain-set', domain: 'example.org', separators: [] },
        { do: 'address-add', address: 'a+b@example.org', account: 'bob' },
      ],
    ],
    [
      'everything in turn',
      [
        ...base,
        catchall,
        team,
        key,
        { do: 'account-set', name: 'bob', quotaBytes: 1, loginDisabled: 'moved', hiddenCapabilities: ['idle'] },
        { do: 'account-set', name: 'bob', quotaBytes: null, loginDisabled: null },
        { do: 'domain-set', domain: 'example.org', disabled: true },
      ],
    ],
  ])('%s', (_name, operations) => {
    const tables = after(...operations);
    // What an edit lets through, the checks at start let through too.
    const loaded = buildTables([...allRecords(tables)], new Map());
    expect(loaded.conflicts).toEqual([]);
    expect([...loaded.tables.byCanonical.keys()].toSorted()).toEqual([...tables.byCanonical.keys()].toSorted());
  });

  test('a member that goes leaves the alias', () => {
    const tables = after(
      ...base,
      { ...team, members: ['alice@example.org', 'bob@example.org'] },
      { do: 'address-remove', address: 'bob@example.org' },
    );
    expect(tables.aliases.get('team@example.org')?.members).toEqual(['alice@example.org']);
  });

  test('new rules give addresses new canonical forms', () => {
    const tables = after(
      domain,
      { ...alice, address: 'Alice@example.org' },
      { do: 'domain-set', domain: 'example.org', caseSensitive: true },
    );
    expect([...tables.byCanonical.keys()]).toEqual(['Alice@example.org']);
  });

  test('a key is kept with its facts', () => {
    const [record] = after(...base, key).tlsPublicKeys.values();
    expect(record).toMatchObject({
      name: 'laptop',
      account: 'alice',
      loginAddress: 'alice@example.org',
      type: 'ecdsa-p256',
      imapPreauth: true,
    });
    expect(record?.fingerprint).toMatch(/^[\w-]{43}$/);
    expect(new X509Certificate(Buffer.from(record?.certificate ?? '', 'base64')).subject).toBe('CN=laptop');
  });
});

test('what is stored against the rules is reported, all of it, and left out', () => {
  const records = [...allRecords(after(...base, team))];
  const broken = records.filter((record) => record.kind !== 'account' || record.name !== 'alice');
  const { tables, conflicts } = buildTables(broken, new Map());
  expect(conflicts.map(({ message }) => message)).toEqual([
    expect.stringMatching(/no account "alice"/),
    expect.stringMatching(/alias team@example\.org: alice@example\.org is no address/),
    expect.stringMatching(/no account "alice", which the postmaster is for/),
  ]);
  expect([...tables.addresses.keys()]).toEqual(['bob@example.org']);
});
