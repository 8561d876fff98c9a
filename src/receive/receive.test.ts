import { describe, expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import type { LogFields } from '../base/log.ts';
import type { AddressParts } from '../directory/directory.ts';
import { gather } from './gather.ts';
import type { Destination, EnvelopeRecipient } from './incoming.ts';
import { receive } from './receive.ts';
import { screen } from './screen.ts';
import { TestDirectory } from './test-directory.ts';
import { TestStore } from './test-store.ts';

function parts(address: string): AddressParts {
  const at = address.lastIndexOf('@');
  return { localPart: address.slice(0, at), domain: address.slice(at + 1) };
}

function setUp() {
  const directory = new TestDirectory();
  const store = new TestStore();
  const logged: { level: string; fields: LogFields | undefined }[] = [];
  const log = {
    ...silentLog,
    info: (_: string, fields?: LogFields) => void logged.push({ level: 'info', fields }),
    warn: (_: string, fields?: LogFields) => void logged.push({ level: 'warn', fields }),
  };
  const services = { store, directory, clock: { now: () => 1000 }, log };
  const deliver = async (to: readonly string[], text = 'From: <x@remote.example>\r\n\r\nhi\r\n') => {
    const spool = store.newSpool({ maxBytes: 1000 });
    await spool.write(Buffer.from(text, 'latin1'));
    const recipients = to.map((printed): EnvelopeRecipient => {
      const screened = screen(directory, parts(printed));
      const destination: Destination = screened.kind === 'local' ? screened.destination : { kind: 'unknown-address' };
      return { address: parts(printed), printed, destination, notify: undefined, originalRecipient: undefined };
    });
    const incoming = { id: 'x.1', sender: undefined, recipients, spool, trace: 'Received: x\r\n' };
    const results = await receive(services, incoming, gather(spool));
    return results.map((result) => (result.kind === 'filed' ? result.copies : result.reason));
  };
  const owners = () => store.copies.map(({ accountId }) => accountId);
  return { directory, store, deliver, logged, owners };
}

describe('receive', () => {
  test('one recipient, with what was added kept apart', async () => {
    const { deliver, store } = setUp();
    expect(await deliver(['Ann+tag@example.org'])).toEqual([1]);
    expect(store.copies).toEqual([
      {
        accountId: 1,
        mailbox: 'INBOX',
        prefix: 'Delivered-To: Ann+tag@example.org\r\nReceived: x\r\n',
        text: 'From: <x@remote.example>\r\n\r\nhi\r\n',
      },
    ]);
  });

  test('many recipients are one append', async () => {
    const { deliver, store, owners } = setUp();
    expect(await deliver(['ann@example.org', 'bob@example.org', 'cat@example.org'])).toEqual([1, 1, 1]);
    expect(owners()).toEqual([1, 2, 3]);
    expect(store.appends).toBe(1);
  });

  test('an address named twice gets one copy, another spelling with a tag is another address', async () => {
    const { deliver, owners } = setUp();
    expect(await deliver(['ann@example.org', 'ann@example.org', 'ann+x@example.org'])).toEqual([1, 0, 1]);
    expect(owners()).toEqual([1, 1]);
  });

  test('an unknown address does not stop the others, and is told in the log', async () => {
    const { deliver, logged } = setUp();
    expect(await deliver(['nobody@example.org', 'bob@example.org'])).toEqual(['unknown-address', 1]);
    expect(logged).toMatchObject([{ level: 'info', fields: { refused: ['nobody@example.org: unknown-address'] } }]);
  });

  test('nothing to file: nothing is appended and the spool is thrown away', async () => {
    const { deliver, store } = setUp();
    expect(await deliver(['nobody@example.org'])).toEqual(['unknown-address']);
    expect({ appends: store.appends, discarded: store.discarded }).toEqual({ appends: 0, discarded: 1 });
  });

  test('a full account, and one that has gone', async () => {
    const { deliver, store } = setUp();
    store.full.add(1);
    store.gone.add(2);
    expect(await deliver(['ann@example.org', 'bob@example.org', 'cat@example.org', 'ann@example.org'])).toEqual([
      'over-quota',
      'no-such-mailbox',
      1,
      'over-quota',
    ]);
  });

  test('the quota of the account goes with its copy', async () => {
    const { directory, store, deliver } = setUp();
    directory.setAccount('ann', { quotaBytes: 5 });
    let quota: number | undefined;
    const append = store.append.bind(store);
    store.append = (message) => {
      quota = message.targets[0]?.quotaBytes;
      return append(message);
    };
    await deliver(['ann@example.org']);
    expect(quota).toBe(5);
  });
});

describe('aliases', () => {
  const from = (address: string) => `From: <${address}>\r\n\r\n`;
  for (const [name, alias, header, to, want, owners] of [
    ['public: all members', { postPublic: true }, from('x@remote.example'), ['all'], [3], [1, 2, 3]],
    ['closed: others are refused', {}, from('x@remote.example'), ['all'], ['post-not-allowed'], []],
    ['a member may write, and gets no copy', {}, from('bob@example.org'), ['all'], [2], [1, 3]],
    ['a member is known by the canonical address', {}, from('Bob+news@example.org'), ['all'], [2], [1, 3]],
    ['a domain in From is compared as A-labels', {}, from('bob@EXAMPLE.org'), ['all'], [2], [1, 3]],
    [
      'two From fields are no member',
      {},
      `From: <bob@example.org>\r\n${from('bob@example.org')}`,
      ['all'],
      ['post-not-allowed'],
      [],
    ],
    [
      'two addresses in From are no member',
      {},
      'From: <bob@example.org>, <x@y.example>\r\n\r\n',
      ['all'],
      ['post-not-allowed'],
      [],
    ],
    ['no From is no member', {}, '\r\n', ['all'], ['post-not-allowed'], []],
    [
      'the alias as From needs allowMsgFrom',
      { postPublic: true },
      from('all@example.org'),
      ['all'],
      ['post-not-allowed'],
      [],
    ],
    ['the alias as From with allowMsgFrom', { allowMsgFrom: true }, from('all@example.org'), ['all'], [3], [1, 2, 3]],
    [
      'a member that is named too gets one copy',
      { postPublic: true },
      from('x@y.example'),
      ['all', 'ann+x'],
      [2, 1],
      [2, 3, 1],
    ],
    [
      'members of two aliases get one copy',
      { postPublic: true },
      from('x@y.example'),
      ['all', 'two'],
      [3, 0],
      [1, 2, 3],
    ],
    [
      'all members named: accepted without copies',
      { postPublic: true },
      from('x@y.example'),
      ['two', 'ann', 'bob'],
      [0, 1, 1],
      [1, 2],
    ],
  ] as const) {
    test(name, async () => {
      const { directory, deliver, owners: got } = setUp();
      directory.aliases.set('all', { members: ['ann', 'bob', 'cat'], ...alias });
      directory.aliases.set('two', { members: ['ann', 'bob'], ...alias });
      expect(
        await deliver(
          to.map((local) => `${local}@example.org`),
          header,
        ),
      ).toEqual(want);
      expect(got()).toEqual(owners);
    });
  }

  test('Delivered-To names the member', async () => {
    const { directory, deliver, store } = setUp();
    directory.aliases.set('all', { members: ['bob'], postPublic: true });
    await deliver(['all@example.org']);
    expect(store.copies[0]?.prefix).toMatch(/^Delivered-To: bob@example.org\r\n/);
  });

  test('one full member misses its copy, all full refuse', async () => {
    const { directory, deliver, store, owners } = setUp();
    directory.aliases.set('all', { members: ['ann', 'bob'], postPublic: true });
    store.full.add(1);
    expect(await deliver(['all@example.org'])).toEqual([1]);
    expect(owners()).toEqual([2]);
    store.full.add(2);
    expect(await deliver(['all@example.org'])).toEqual(['over-quota']);
  });
});

describe('screen', () => {
  const directory = new TestDirectory();
  const capture = directory.accounts.get('cat');
  for (const [address, kind, captured] of [
    ['ann@example.org', 'local', 'local'],
    ['nobody@example.org', 'unknown-address', 'local'],
    ['x@remote.example', 'unknown-domain', 'local'],
    ['x@disabled.example', 'domain-disabled', 'local'],
    ['postmaster@', 'local', 'local'],
  ] as const) {
    test(address, () => {
      expect(screen(directory, parts(address)).kind).toBe(kind);
      expect(screen(directory, parts(address), capture).kind).toBe(captured);
    });
  }

  test('a message to many captured addresses is kept once', async () => {
    const { deliver, directory: own, owners } = setUp();
    const target = own.accounts.get('cat');
    own.lookupRecipient = (address) => {
      const found = screen(new TestDirectory(), address, target);
      return found.kind === 'local' && found.destination.kind !== 'unknown-address'
        ? found.destination
        : { kind: 'unknown-address' };
    };
    expect(await deliver(['a@one.example', 'b@two.example'])).toEqual([1, 0]);
    expect(owners()).toEqual([3]);
  });
});

describe('gather', () => {
  const facts = (text: string, sizeBytes = text.length) =>
    gather({ head: () => Buffer.from(text, 'latin1'), sizeBytes });
  test('counts Received fields in the header only', () => {
    const text = 'received: a\r\nReceived: b\r\n c\r\nX: Received\r\n\r\nReceived: d\r\n';
    expect(facts(text)).toMatchObject({ receivedFields: 2, hasSeparator: true, headerComplete: true });
  });
  test('knows a header without end from one that is too long', () => {
    expect(facts('A: b\r\n')).toMatchObject({ hasSeparator: false, headerComplete: true });
    expect(facts('A: b\r\n', 100)).toMatchObject({ hasSeparator: false, headerComplete: false });
    expect(facts('\r\nbody')).toMatchObject({ hasSeparator: true, header: { fields: [] } });
    expect(facts('')).toMatchObject({ hasSeparator: false, headerComplete: true });
  });
});
