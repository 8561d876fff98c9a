import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgresIfPossible } from '../../../test/servers/postgres.ts';
import type { AccountId, MailboxId } from '../ids.ts';
import { openEngine } from '../open-engine.ts';
import { openStore } from '../open-store.ts';
import type { AppendTarget } from '../append-target.ts';
import type { Store } from '../store.ts';
import type { StoreOptions } from '../store-options.ts';
import { verifyStore } from '../verify/verify-store.ts';

const server = await startPostgresIfPossible();
const times = 12;

/** Two stores on one database, as two processes have them, doing what gets into each other's way. */
describe.skipIf(server === undefined)('writes in each other’s way', () => {
  const stores: Store[] = [];
  let options: StoreOptions;
  let number = 0;

  beforeAll(async () => {
    const databaseUrl = await server?.createDatabase();
    if (databaseUrl === undefined) throw new Error('no server');
    const blobsUrl = await mkdtemp(join(tmpdir(), 'posthorn-blobs-'));
    for (let i = 0; i < 2; i += 1) {
      const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-isolation-'));
      options = { dataDir, databaseUrl, blobsUrl };
      stores.push(await openStore(options));
    }
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    expect((await verifyStore(options)).problems).toEqual([]);
  });

  function both(): readonly [Store, Store] {
    const [one, other] = stores;
    if (one === undefined || other === undefined) throw new Error('not open');
    return [one, other];
  }

  async function edit(change: { create?: readonly string[]; remove?: readonly string[] }): Promise<AccountId> {
    const [store] = both();
    const { version } = await store.readDirectory();
    const edited = await store.editDirectory({
      baseVersion: version,
      put: [],
      remove: [],
      createAccounts: (change.create ?? []).map((name) => ({ name, mailboxes: 'minimal' as const })),
      removeAccounts: change.remove ?? [],
    });
    return (edited.ok ? edited.accountIds.get(change.create?.[0] ?? '') : undefined) ?? (0 as AccountId);
  }

  async function newAccount(): Promise<{ readonly id: AccountId; readonly name: string; readonly inbox: MailboxId }> {
    number += 1;
    const name = `account${number}`;
    const id = await edit({ create: [name] });
    const inbox = await both()[0].findMailbox(id, 'INBOX');
    if (inbox === undefined) throw new Error('no INBOX');
    return { id, name, inbox: inbox.id };
  }

  function target(accountId: AccountId, mailbox: MailboxId | string): AppendTarget {
    const place = typeof mailbox === 'string' ? { name: mailbox, orInbox: false } : mailbox;
    return { accountId, mailbox: place, flags: 0, keywords: [], receivedAtMs: 0, prefix: '' };
  }

  function append(store: Store, targets: readonly AppendTarget[], text: string) {
    const octets = Buffer.from(`Subject: ${text}\r\nMessage-ID: <${text}@x>\r\n\r\n${text}\r\n`);
    return store.append({ message: { kind: 'octets', octets }, targets });
  }

  const everything = [[1, 4294967295]] as const;

  test('deliveries into a mailbox that is being deleted, renamed and copied into', async () => {
    const [one, other] = both();
    const { id, inbox } = await newAccount();
    await append(one, [target(id, inbox)], 'there');
    for (let i = 0; i < times; i += 1) {
      const made = await one.createMailbox({ accountId: id, name: `m${i}` });
      if (!made.ok) throw new Error(made.reason);
      const { id: mailboxId } = made.mailbox;
      const results = await Promise.all([
        append(one, [target(id, mailboxId)], `a${i}`),
        append(other, [target(id, `m${i}`)], `b${i}`),
        other.copy({ accountId: id, from: inbox, to: mailboxId, uids: everything }),
        i % 2 === 0
          ? other.deleteMailbox({ accountId: id, mailboxId })
          : other.renameMailbox({ accountId: id, mailboxId, newName: `n${i}` }),
        one.move({ accountId: id, from: mailboxId, to: inbox, uids: everything }),
      ]);
      expect(results[3].ok).toBe(true);
    }
  });

  test('copies and moves of messages that are being expunged', async () => {
    const [one, other] = both();
    const { id, inbox } = await newAccount();
    await one.createMailbox({ accountId: id, name: 'to' });
    const to = await one.findMailbox(id, 'to');
    if (to === undefined) throw new Error('not made');
    for (let i = 0; i < times; i += 1) {
      await append(one, [target(id, inbox), target(id, inbox)], `c${i}`);
      await Promise.all([
        one.copy({ accountId: id, from: inbox, to: to.id, uids: everything }),
        other.expunge({ accountId: id, mailboxId: inbox, uids: everything, onlyDeleted: false }),
        other.move({ accountId: id, from: inbox, to: to.id, uids: everything }),
        one.setFlags({ accountId: id, mailboxId: inbox, uids: everything, how: 'add', flags: 1, keywords: ['k'] }),
        other.setFlags({
          accountId: id,
          mailboxId: to.id,
          uids: everything,
          how: 'replace',
          flags: 8,
          keywords: ['K'],
        }),
      ]);
    }
  });

  test('one message for several accounts, named in any order', async () => {
    const [one, other] = both();
    const places: AppendTarget[] = [];
    for (let i = 0; i < 4; i += 1) {
      const { id, inbox } = await newAccount();
      places.push(target(id, inbox));
    }
    const appends = Array.from({ length: times }, (_each, i) =>
      append(i % 2 === 0 ? one : other, i % 2 === 0 ? places : places.toReversed(), `same${i % 3}`),
    );
    const outcomes = (await Promise.all(appends)).flat();
    expect(outcomes.every((each) => each.ok)).toBe(true);
  });

  test('deliveries to an account that is being removed', async () => {
    const [one, other] = both();
    for (let i = 0; i < times / 2; i += 1) {
      const [gone, stays] = [await newAccount(), await newAccount()];
      await append(one, [target(gone.id, gone.inbox)], `r${i}`);
      const targets = [target(stays.id, stays.inbox), target(gone.id, gone.inbox)];
      const [first, second] = await Promise.all([
        append(one, targets, `s${i}`),
        append(other, targets.toReversed(), `s${i}`),
        edit({ remove: [gone.name] }),
      ]);
      expect([first[0]?.ok, second[1]?.ok]).toEqual([true, true]);
      expect(await other.listMailboxes(gone.id)).toEqual([]);
    }
  });

  test('a blob is delivered again at the moment when the sweep takes it', async () => {
    const [one, other] = both();
    const { id, inbox } = await newAccount();
    const engine = await openEngine(options);
    const later = Date.now() + 60_000;
    for (let i = 0; i < times * 2; i += 1) {
      await append(one, [target(id, inbox)], 'swept');
      await one.expunge({ accountId: id, mailboxId: inbox, uids: everything, onlyDeleted: false });
      const [[outcome]] = await Promise.all([
        append(other, [target(id, inbox)], 'swept'),
        engine.write('sweep', { orphanedBefore: later, storedBefore: later }),
        engine.write('sweep', { orphanedBefore: later, storedBefore: later }),
      ]);
      if (outcome?.ok !== true) throw new Error('not stored');
      const reader = await one.openMessage(id, outcome.emailId);
      expect(reader?.originalBytes).toBeGreaterThan(0);
      expect((await other.usage(id)).messages).toBe(1);
      await one.expunge({ accountId: id, mailboxId: inbox, uids: everything, onlyDeleted: false });
    }
    await engine.close();
  });

  test('mailboxes of the same name, and directory edits, at the same moment: one wins', async () => {
    const [one, other] = both();
    const { id } = await newAccount();
    const made = await Promise.all(
      [one, other, one, other].map((store) => store.createMailbox({ accountId: id, name: 'a/b' })),
    );
    expect(made.filter((each) => each.ok)).toHaveLength(1);
    const { version } = await one.readDirectory();
    const empty = { baseVersion: version, put: [], remove: [], createAccounts: [], removeAccounts: [] };
    const edited = await Promise.all([one, other, one].map((store) => store.editDirectory(empty)));
    expect(edited.filter((each) => each.ok)).toHaveLength(1);
  });

  test('repair while mail comes in', async () => {
    const [one, other] = both();
    const { id, inbox } = await newAccount();
    const engine = await openEngine(options);
    await Promise.all([
      ...Array.from({ length: times }, (_each, i) => append(i % 2 === 0 ? one : other, [target(id, inbox)], `w${i}`)),
      engine.write('repairCounts', {}),
      engine.write('resetSearch', {}),
    ]);
    await engine.close();
    expect(await one.findMailbox(id, 'INBOX')).toMatchObject({ total: times, uidNext: times + 1 });
  });
});
