import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from './change.ts';
import { flagBits } from './flags.ts';
import type { AccountId, MailboxId, ModSeq, Uid } from './ids.ts';
import type { AppendTarget } from './append-target.ts';
import type { Store } from './store.ts';

const { '\\Seen': seen, '\\Flagged': flagged, '\\Deleted': deleted } = flagBits;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text.replaceAll('\n', '\r\n'));

/** Every engine passes this. `open` gives an empty store. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`store on ${name}`, () => {
    let store: Store;
    let number = 0;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    async function newAccount(mailboxes: 'standard' | 'minimal' = 'standard'): Promise<AccountId> {
      const accountName = `account${++number}`;
      const { version } = await store.readDirectory();
      const edited = await store.editDirectory({
        baseVersion: version,
        put: [],
        remove: [],
        createAccounts: [{ name: accountName, mailboxes }],
        removeAccounts: [],
      });
      const id = edited.ok ? edited.accountIds.get(accountName) : undefined;
      if (id === undefined) throw new Error('account was not made');
      return id;
    }

    function message(subject: string, more = '', body = 'hello'): Uint8Array {
      return encode(`From: Ann <ann@example.org>\nTo: bob@example.net\nSubject: ${subject}\n${more}\n${body}\n`);
    }

    function target(accountId: AccountId, mailbox = 'INBOX', more: Partial<AppendTarget> = {}): AppendTarget {
      return {
        accountId,
        mailbox: { name: mailbox, orInbox: false },
        flags: 0,
        keywords: [],
        receivedAtMs: 1_700_000_000_000,
        prefix: '',
        ...more,
      };
    }

    async function append(accountId: AccountId, octets: Uint8Array, more: Partial<AppendTarget> = {}) {
      const [outcome] = await store.append({
        message: { kind: 'octets', octets },
        targets: [target(accountId, 'INBOX', more)],
      });
      if (outcome?.ok !== true) throw new Error(`not stored: ${outcome?.reason}`);
      return outcome;
    }

    async function mailboxNamed(accountId: AccountId, mailboxName: string) {
      const mailbox = await store.findMailbox(accountId, mailboxName);
      if (mailbox === undefined) throw new Error(`no mailbox ${mailboxName}`);
      return mailbox;
    }

    async function uidsIn(accountId: AccountId, mailboxId: MailboxId): Promise<number[]> {
      const index = await store.openMailbox(accountId, mailboxId);
      if (index === undefined) throw new Error('no such mailbox');
      index.release();
      return [...index.uids.subarray(0, index.length)];
    }

    test('a new account has its mailboxes with special uses, all subscribed', async () => {
      const account = await newAccount();
      const mailboxes = await store.listMailboxes(account);
      expect(mailboxes.map(({ name: each, specialUse }) => [each, specialUse])).toEqual([
        ['Archive', '\\Archive'],
        ['Drafts', '\\Drafts'],
        ['INBOX', undefined],
        ['Junk', '\\Junk'],
        ['Sent', '\\Sent'],
        ['Trash', '\\Trash'],
      ]);
      expect(await store.listSubscriptions(account)).toEqual(new Set(mailboxes.map((each) => each.name)));
      expect(new Set(mailboxes.map((each) => each.uidValidity)).size).toBe(mailboxes.length);
      const other = await newAccount('minimal');
      for (const mailbox of mailboxes) {
        expect(await store.findMailbox(account, mailbox.id)).toEqual(mailbox);
        expect(await store.findMailbox(other, mailbox.id)).toBeUndefined();
      }
      expect((await store.listMailboxes(await newAccount('minimal'))).map((each) => each.name)).toEqual(['INBOX']);
    });

    test('what is appended is read back octet for octet, with its facts', async () => {
      const account = await newAccount();
      const octets = message('first', 'Date: Mon, 2 Sep 2024 10:00:00 +0200\n');
      const stored = await append(account, octets, { flags: seen, prefix: 'Delivered-To: bob@example.net\r\n' });
      expect(stored.uid).toBe(1);
      const reader = await store.openMessage(account, stored.emailId);
      expect(Buffer.from((await reader?.read(0, 1e9)) ?? []).equals(octets)).toBe(true);
      expect(Buffer.from(reader?.prefix ?? []).toString()).toBe('Delivered-To: bob@example.net\r\n');
      const rows = [];
      for await (const batch of store.readEmails(
        { accountId: account, mailboxId: stored.mailboxId, uids: [[1, 10]], withExpunged: false },
        { envelope: true, bodyStructure: true, preview: true },
      )) {
        rows.push(...batch);
      }
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ uid: 1, sizeBytes: octets.length + 31, receivedAtMs: 1_700_000_000_000 });
      expect(rows[0]?.sentAtMs).toBe(Date.UTC(2024, 8, 2, 8));
      expect(rows[0]?.envelope).toContain('"first"');
      expect(rows[0]?.preview).toBe('hello');
      expect(await mailboxNamed(account, 'INBOX')).toMatchObject({ total: 1, unseen: 0, uidNext: 2 });
    });

    test('octets that no text can hold are kept as they are, and what is shown of them can be read', async () => {
      const account = await newAccount();
      const odd = '\0 \u0001\u007f\ud800 =?utf-8?q?=00=ED=A0=80?=';
      const octets = Buffer.concat([
        Buffer.from(`From: "${odd}" <${odd}@example.org>\r\nSubject: ${odd}\r\nMessage-ID: <${odd}@x>\r\n`),
        Buffer.from(
          `Content-Type: text/plain; name="${odd}"\r\nContent-ID: <${odd}>\r\nX-${odd}: ${odd}\r\n\r\n${odd}`,
        ),
        Buffer.from([0, 255, 254, 0xed, 0xa0, 0x80, 0]),
      ]);
      const stored = await append(account, octets);
      const reader = await store.openMessage(account, stored.emailId);
      expect(Buffer.from((await reader?.read(0, 1e9)) ?? []).equals(octets)).toBe(true);
      const selection = {
        accountId: account,
        mailboxId: stored.mailboxId,
        uids: [[1, 1]],
        withExpunged: false,
      } as const;
      for await (const [row] of store.readEmails(selection, { envelope: true, bodyStructure: true, preview: true })) {
        expect(row?.envelope).toMatch(/^\(.+\)$/s);
        expect([row?.envelope, row?.bodyStructure, row?.preview].join()).not.toContain('\0');
      }
    });

    test('one message to many accounts is one append; a full account does not stop the others', async () => {
      const [a, b] = [await newAccount(), await newAccount()];
      const outcomes = await store.append({
        message: { kind: 'octets', octets: message('to many') },
        targets: [target(a), target(b, 'INBOX', { quotaBytes: 10 }), target(b, 'Nowhere'), target(b)],
      });
      expect(outcomes.map((each) => (each.ok ? 'ok' : each.reason))).toEqual([
        'ok',
        'over-quota',
        'no-such-mailbox',
        'ok',
      ]);
    });

    test('with marksAttachments a message that has some gets its keyword; without, and without any, it does not', async () => {
      const account = await newAccount();
      const octets = Buffer.from(
        'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n' +
          '--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n--b--\r\n',
      );
      const marks = { marksAttachments: true } as const;
      const file = (message: Uint8Array, more: Partial<AppendTarget>) =>
        store.append({ message: { kind: 'octets', octets: message }, targets: [target(account, 'INBOX', more)] });
      await file(Buffer.from(octets), { ...marks, keywords: ['work'] });
      await file(Buffer.from(octets), {});
      await file(message('plain'), marks);
      const index = await store.openMailbox(account, (await mailboxNamed(account, 'INBOX')).id);
      expect([0, 1, 2].map((at) => index?.keywordsAt(at))).toEqual([['$hasattachment', 'work'], [], []]);
      index?.release();
    });

    test('appendAll stores nothing when one fails', async () => {
      const account = await newAccount();
      const one = { message: { kind: 'octets', octets: message('one') }, targets: [target(account)] } as const;
      const bad = { message: { kind: 'octets', octets: message('two') }, targets: [target(account, 'Nope')] } as const;
      expect(await store.appendAll([one, bad])).toEqual([{ ok: false, reason: 'no-such-mailbox' }]);
      expect(await mailboxNamed(account, 'INBOX')).toMatchObject({ total: 0, uidNext: 1 });
      const both = await store.appendAll([one, { ...one, targets: [target(account)] }]);
      expect(both.map((each) => each.ok && each.uid)).toEqual([1, 2]);
    });

    test('replace files one message and removes another, or does neither; only the difference needs room', async () => {
      const account = await newAccount();
      const old = await append(account, message('draft', '', 'x'.repeat(500)));
      await append(account, message('other'));
      const inbox = await mailboxNamed(account, 'INBOX');
      const replaced = { accountId: account, mailboxId: inbox.id, uid: old.uid };
      const { usedBytes } = await store.usage(account);
      const index = await store.openMailbox(account, inbox.id);
      const fresh = (mailbox: string, quotaBytes: number) => ({
        message: { kind: 'octets', octets: message('final', '', 'y'.repeat(490)) } as const,
        targets: [target(account, mailbox, { quotaBytes })],
      });
      const nowhere = await store.replace(fresh('Nope', usedBytes), replaced);
      expect(nowhere).toEqual({ ok: false, reason: 'no-such-mailbox' });
      const full = await store.replace(fresh('INBOX', usedBytes - 100), replaced);
      expect(full).toEqual({ ok: false, reason: 'over-quota' });
      expect(await uidsIn(account, inbox.id)).toEqual([1, 2]);
      expect(await store.usage(account)).toEqual({ usedBytes, messages: 2 });
      const done = await store.replace(fresh('INBOX', usedBytes), replaced, { origin: 'me' });
      expect(done).toMatchObject({ ok: true, uid: 3 });
      expect(await uidsIn(account, inbox.id)).toEqual([2, 3]);
      expect([...(index?.uids.subarray(0, index.length) ?? [])]).toEqual([2, 3]);
      index?.release();
      const again = await store.replace(fresh('Drafts', usedBytes), replaced);
      expect(again).toEqual({ ok: false, reason: 'no-such-message' });
      expect(await mailboxNamed(account, 'Drafts')).toMatchObject({ total: 0, uidNext: 1 });
      const moved = await store.replace(fresh('Drafts', 10_000), { ...replaced, uid: 3 as Uid });
      expect(moved).toMatchObject({ ok: true, uid: 1 });
      expect(await uidsIn(account, inbox.id)).toEqual([2]);
      expect(await store.usage(account)).toMatchObject({ messages: 2 });
    });

    test('setFlags adds, removes, replaces; only real changes take a modseq; unchangedSince is kept', async () => {
      const account = await newAccount();
      for (let i = 0; i < 5; i += 1) await append(account, message(`m${i}`));
      const inbox = await mailboxNamed(account, 'INBOX');
      const at = { accountId: account, mailboxId: inbox.id };
      const set = await store.setFlags({
        ...at,
        uids: [[1, 3]],
        how: 'add',
        flags: seen | flagged,
        keywords: ['Work'],
      });
      expect([...set.changed]).toEqual([1, 2, 3]);
      expect(await mailboxNamed(account, 'INBOX')).toMatchObject({ unseen: 2, highestModseq: set.modseq });
      const again = await store.setFlags({ ...at, uids: [[2, 4]], how: 'add', flags: seen, keywords: ['work'] });
      expect([...again.changed]).toEqual([4]);
      const stale = await store.setFlags({
        ...at,
        uids: [[1, 5]],
        how: 'remove',
        flags: seen,
        keywords: [],
        unchangedSince: set.modseq ?? (0 as ModSeq),
      });
      expect([...stale.changed]).toEqual([1, 2, 3]);
      expect([...stale.modified]).toEqual([4]);
      const replaced = await store.setFlags({ ...at, uids: [[1, 5]], how: 'replace', flags: deleted, keywords: [] });
      expect([...replaced.changed]).toEqual([1, 2, 3, 4, 5]);
      const index = await store.openMailbox(account, inbox.id);
      expect([...(index?.flags.subarray(0, 5) ?? [])]).toEqual([deleted, deleted, deleted, deleted, deleted]);
      expect(index?.keywordsAt(0)).toEqual([]);
      expect(await mailboxNamed(account, 'INBOX')).toMatchObject({ unseen: 5, deleted: 5 });
      index?.release();
    });

    test('keywords keep the spelling first used, also in an open index', async () => {
      const account = await newAccount();
      const { mailboxId } = await append(account, message('k'), { keywords: ['Later', 'work'] });
      const index = await store.openMailbox(account, mailboxId);
      await store.setFlags({
        accountId: account,
        mailboxId,
        uids: [[1, 1]],
        how: 'add',
        flags: 0,
        keywords: ['LATER', 'x'],
      });
      expect(index?.keywordsAt(0)).toEqual(['Later', 'work', 'x']);
      expect(index?.keywords.toSorted()).toEqual(['Later', 'work', 'x']);
      index?.release();
    });

    test('copy and move give new uids in order; move leaves tombstones', async () => {
      const account = await newAccount();
      for (let i = 0; i < 6; i += 1) await append(account, message(`m${i}`), { flags: i % 2 === 0 ? seen : 0 });
      const inbox = await mailboxNamed(account, 'INBOX');
      const archive = await mailboxNamed(account, 'Archive');
      const before = await store.usage(account);
      const copied = await store.copy({
        accountId: account,
        from: inbox.id,
        to: archive.id,
        uids: [
          [1, 2],
          [4, 4],
          [90, 95],
        ],
      });
      expect(copied).toMatchObject({ ok: true, uidValidity: archive.uidValidity });
      expect(copied.ok && [...copied.source]).toEqual([1, 2, 4]);
      expect(copied.ok && [...copied.destination]).toEqual([1, 2, 3]);
      expect(await store.usage(account)).toEqual(before);
      const moved = await store.move({ accountId: account, from: inbox.id, to: archive.id, uids: [[5, 4294967295]] });
      expect(moved.ok && [...moved.destination]).toEqual([4, 5]);
      expect(await store.usage(account)).toEqual(before);
      expect(await uidsIn(account, inbox.id)).toEqual([1, 2, 3, 4]);
      expect(await uidsIn(account, archive.id)).toEqual([1, 2, 3, 4, 5]);
      const vanished = await store.vanishedSince({ mailboxId: inbox.id, since: inbox.highestModseq });
      expect([...vanished.uids]).toEqual([5, 6]);
      expect(await mailboxNamed(account, 'Archive')).toMatchObject({ total: 5, unseen: 3, uidNext: 6 });
      expect(await mailboxNamed(account, 'INBOX')).toMatchObject({ total: 4, unseen: 2, uidNext: 7 });
    });

    test('copy and move within one mailbox touch each message once', async () => {
      const account = await newAccount();
      for (let i = 0; i < 4; i += 1) await append(account, message(`m${i}`));
      const { id } = await mailboxNamed(account, 'INBOX');
      const everything = [
        [1, 2],
        [3, 4294967295],
      ] as const;
      const copied = await store.copy({ accountId: account, from: id, to: id, uids: everything });
      expect(copied.ok && [...copied.destination]).toEqual([5, 6, 7, 8]);
      const moved = await store.move({ accountId: account, from: id, to: id, uids: [[1, 4294967295]] });
      expect(moved.ok && moved.destination.length).toBe(8);
      expect(await uidsIn(account, id)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
      expect((await store.usage(account)).messages).toBe(4);
    });

    test('expunge takes the deleted ones; they stay readable for sessions that were not told', async () => {
      const account = await newAccount();
      for (let i = 0; i < 4; i += 1) await append(account, message(`m${i}`), { flags: i % 2 === 0 ? deleted : 0 });
      const { id } = await mailboxNamed(account, 'INBOX');
      const gone = await store.expunge({ accountId: account, mailboxId: id, uids: [[1, 10]], onlyDeleted: true });
      expect([...gone.uids]).toEqual([1, 3]);
      const rows = [];
      const selection = { accountId: account, mailboxId: id, uids: [[1, 3]] as const, withExpunged: true };
      for await (const batch of store.readEmails(selection, { envelope: true })) rows.push(...batch);
      expect(rows.map((row) => row.uid)).toEqual([1, 2, 3]);
      expect(rows[0]?.envelope).toContain('"m0"');
      const emailId = rows[0]?.emailId;
      expect(emailId !== undefined && (await store.openMessage(account, emailId))).toBeTruthy();
      expect(await store.usage(account)).toMatchObject({ messages: 2 });
    });

    test('mailboxes: parents, special use, rename with children, delete, INBOX', async () => {
      const account = await newAccount();
      const made = await store.createMailbox({ accountId: account, name: 'a/b/c', specialUse: '\\Sent' });
      expect(made.ok && made.mailbox).toMatchObject({ name: 'a/b/c', specialUse: '\\Sent' });
      expect((await mailboxNamed(account, 'Sent')).specialUse).toBeUndefined();
      expect(await store.createMailbox({ accountId: account, name: 'a/b' })).toEqual({ ok: false, reason: 'exists' });
      for (const bad of ['', '/a', 'a//b', 'a/', '#x', 'a/../b', 'inbox', 'Inbox/x', 'x\u0000y', 'e\u0301']) {
        expect(await store.createMailbox({ accountId: account, name: bad })).toEqual({ ok: false, reason: 'bad-name' });
      }
      const { id: a } = await mailboxNamed(account, 'a');
      expect(await store.deleteMailbox({ accountId: account, mailboxId: a })).toEqual({
        ok: false,
        reason: 'has-children',
      });
      expect(await store.renameMailbox({ accountId: account, mailboxId: a, newName: 'z/y' })).toMatchObject({
        ok: true,
      });
      expect(
        (await store.listMailboxes(account)).map((each) => each.name).filter((each) => each.startsWith('z')),
      ).toEqual(['z', 'z/y', 'z/y/b', 'z/y/b/c']);
      const stored = await append(account, message('in'));
      const renamed = await store.renameMailbox({ accountId: account, mailboxId: stored.mailboxId, newName: 'Old' });
      expect(renamed).toMatchObject({ ok: true, mailbox: { name: 'Old', total: 1 } });
      expect(await mailboxNamed(account, 'INBOX')).toMatchObject({ total: 0, uidNext: 2 });
      const inbox = await mailboxNamed(account, 'INBOX');
      expect(await store.deleteMailbox({ accountId: account, mailboxId: inbox.id })).toEqual({
        ok: false,
        reason: 'is-inbox',
      });
      const old = await mailboxNamed(account, 'Old');
      expect(await store.deleteMailbox({ accountId: account, mailboxId: old.id })).toMatchObject({ ok: true });
      expect(await store.openMailbox(account, old.id)).toBeUndefined();
      const again = await store.createMailbox({ accountId: account, name: 'Old' });
      expect(again.ok && again.mailbox.uidValidity).not.toBe(old.uidValidity);
    });

    test('watchers hear of changes after the index knows them, with the origin', async () => {
      const account = await newAccount();
      const { id } = await mailboxNamed(account, 'INBOX');
      const index = await store.openMailbox(account, id);
      const heard: (Change & { readonly length: number | undefined })[] = [];
      const stop = store.watch(account, (change) => heard.push({ ...change, length: index?.length }));
      await store.append(
        { message: { kind: 'octets', octets: message('w') }, targets: [target(account)] },
        { origin: 's1' },
      );
      await store.setFlags({
        accountId: account,
        mailboxId: id,
        uids: [[1, 1]],
        how: 'add',
        flags: seen,
        keywords: [],
        origin: 's2',
      });
      await store.expunge({ accountId: account, mailboxId: id, uids: [[1, 1]], onlyDeleted: false });
      stop();
      await append(account, message('unheard'));
      expect(heard.map(({ kind, origin, length }) => [kind, origin, length])).toEqual([
        ['added', 's1', 1],
        ['flags', 's2', 1],
        ['expunged', undefined, 0],
      ]);
      index?.release();
    });

    test('threads: by reference and subject, by subject alone for replies, and by a parent that comes late', async () => {
      const account = await newAccount();
      const root = await append(account, message('Plan', 'Message-ID: <a@x>\n'));
      const reply = await append(account, message('Re: Plan', 'Message-ID: <b@x>\nIn-Reply-To: <a@x>\n'));
      expect(reply.threadId).toBe(root.threadId);
      const other = await append(account, message('Other', 'Message-ID: <c@x>\nReferences: <a@x> <b@x>\n'));
      expect(other.threadId).not.toBe(root.threadId);
      const bySubject = await append(account, message('AW: Plan', 'Message-ID: <d@x>\n'));
      const again = await append(account, message('Re: Plan', 'Message-ID: <d2@x>\n'));
      expect(again.threadId).toBe(root.threadId);
      expect(bySubject.threadId === root.threadId || bySubject.threadId > 0).toBe(true);
      const child = await append(account, message('Re: Late', 'Message-ID: <f@x>\nReferences: <e@x>\n'));
      const parent = await append(account, message('Late', 'Message-ID: <e@x>\n'));
      expect(parent.threadId).toBe(child.threadId);
      const longAgo = await append(account, message('Re: Plan'), { receivedAtMs: 1_600_000_000_000 });
      expect(longAgo.threadId).not.toBe(root.threadId);
    });

    test('text search is exact: decoded words and bodies, case, HTML, fields', async () => {
      const account = await newAccount();
      await append(account, message('=?utf-8?q?Gr=C3=BC=C3=9Fe?='));
      await append(
        account,
        message('two', 'Content-Type: text/html\nX-Thing: Blue Moon\n', '<p>Fäh<b>rhaus</b> &amp; more</p>'),
      );
      await append(
        account,
        message('three', 'Content-Transfer-Encoding: base64\n', Buffer.from('Needle here').toString('base64')),
      );
      const { id } = await mailboxNamed(account, 'INBOX');
      const uids = Uint32Array.of(1, 2, 3);
      const find = async (query: Parameters<Store['matchText']>[0]['query']) => [
        ...(await store.matchText({ accountId: account, mailboxId: id, uids, query })),
      ];
      expect(await find({ in: 'header', name: 'Subject', needle: 'GRÜẞE' })).toEqual([1]);
      expect(await find({ in: 'body', needle: 'needle' })).toEqual([3]);
      expect(await find({ in: 'text', needle: 'rhaus & more' })).toEqual([2]);
      expect(await find({ in: 'text', needle: 'ann@example.org' })).toEqual([1, 2, 3]);
      expect(await find({ in: 'body', needle: 'ann@example.org' })).toEqual([]);
      expect(await find({ in: 'header', name: 'x-thing', needle: 'blue m' })).toEqual([2]);
      expect(await find({ in: 'header', name: 'x-thing', needle: '' })).toEqual([2]);
      expect(await find({ in: 'header', name: 'from', needle: 'ANN' })).toEqual([1, 2, 3]);
      expect(await find({ in: 'body', needle: '' })).toEqual([1, 2, 3]);
      const ranked = await store.rankText({
        accountId: account,
        mailboxId: id,
        uids,
        query: { in: 'text', needle: 'neddle FÄHRHAUS' },
      });
      expect(ranked).toEqual({ uids: new Uint32Array(), scores: new Uint8Array() });
      const rank = async (query: Parameters<Store['rankText']>[0]['query']) => {
        const found = await store.rankText({ accountId: account, mailboxId: id, uids, query });
        return [[...found.uids], [...found.scores]];
      };
      expect(await rank({ in: 'text', needle: 'neddle' })).toEqual([[3], [52]]);
      expect(await rank({ in: 'header', name: 'subject', needle: 'grüsse' })).toEqual([[], []]);
      expect(await rank({ in: 'header', name: 'subject', needle: 'grüßen three' })).toEqual([[], []]);
      expect(await rank({ in: 'header', name: 'subject', needle: 'tree' })).toEqual([[3], [70]]);
      expect(await rank({ in: 'body', needle: '&' })).toEqual([[2], [100]]);
    });

    test('text search in large messages, which are looked at elsewhere, also in the blob store', async () => {
      const account = await newAccount();
      const line = 'some words that fill a large message\n';
      for (const [needle, lines] of [
        ['needleinmiddle', 5_000],
        ['needleinlarge', 20_000],
      ] as const) {
        const spool = store.newSpool({ maxBytes: 10_000_000 });
        await spool.write(message('large', '', line.repeat(lines) + needle));
        await store.append({ message: await spool.finish(), targets: [target(account)] });
      }
      const { id } = await mailboxNamed(account, 'INBOX');
      const find = async (needle: string) => [
        ...(await store.matchText({
          accountId: account,
          mailboxId: id,
          uids: Uint32Array.of(1, 2),
          query: { in: 'body', needle },
        })),
      ];
      expect(await find('NEEDLEINMIDDLE')).toEqual([1]);
      expect(await find('needleinlarge')).toEqual([2]);
      expect(await find('needle')).toEqual([1, 2]);
      expect(await find('nothing of the kind')).toEqual([]);
    });

    test('annotations: set, read, remove, limits', async () => {
      const account = await newAccount();
      const at = { accountId: account, mailboxId: undefined };
      const value = encode('v');
      await store.setAnnotations({ target: at, values: [{ entry: '/private/comment', value }] });
      expect(await store.readAnnotations(at)).toHaveLength(1);
      await store.setAnnotations({ target: at, values: [{ entry: '/private/comment', value: undefined }] });
      expect(await store.readAnnotations(at)).toEqual([]);
      const large = new Uint8Array(1_000_001);
      expect(await store.setAnnotations({ target: at, values: [{ entry: '/private/x', value: large }] })).toEqual({
        ok: false,
        reason: 'too-large',
      });
      expect(await store.readAnnotations(at)).toEqual([]);
    });

    test('annotations of the server itself: kept, told to nobody, counted by no limit', async () => {
      const account = await newAccount();
      const at = { accountId: account, mailboxId: undefined };
      const heard: string[] = [];
      const unwatch = store.watch(account, (change) => void heard.push(change.kind));
      const set = (value: string, keep: boolean) =>
        store.setAnnotations({ target: at, values: [{ entry: '/server/key', value: encode(value), keep }] });
      await set('one', true);
      await set('two', true);
      expect(await store.readAnnotations(at)).toEqual([{ entry: '/server/key', value: encode('one') }]);
      await set('three', false);
      expect(await store.readAnnotations(at)).toEqual([{ entry: '/server/key', value: encode('three') }]);
      expect(await set('x'.repeat(1_000_001), false)).toEqual({ ok: true });
      await store.setAnnotations({ target: at, values: [{ entry: '/server/key', value: undefined }] });
      await set('four', true);
      expect(await store.readAnnotations(at)).toEqual([{ entry: '/server/key', value: encode('four') }]);
      expect(heard).toEqual([]);
      unwatch();
    });

    test('the directory changes only from the version that was read', async () => {
      const { version } = await store.readDirectory();
      const object = { kind: 'domain', id: 'example.org', body: '{}' };
      const edit = { baseVersion: version, put: [object], remove: [], createAccounts: [], removeAccounts: [] };
      const heard: number[] = [];
      const stop = store.watchDirectory((now) => heard.push(now));
      expect(await store.editDirectory(edit)).toMatchObject({ ok: true, version: version + 1 });
      expect(await store.editDirectory(edit)).toEqual({ ok: false, reason: 'conflict' });
      stop();
      expect(heard).toEqual([version + 1]);
      expect((await store.readDirectory()).objects).toContainEqual(object);
    });

    test('an account that is removed takes its mail along', async () => {
      const account = await newAccount();
      await append(account, message('x'));
      const { version, accountIds } = await store.readDirectory();
      const accountName = [...accountIds].find(([, id]) => id === account)?.[0] ?? '';
      const heard: Change[] = [];
      const stop = store.watch(account, (change) => heard.push(change));
      await store.editDirectory({
        baseVersion: version,
        put: [],
        remove: [],
        createAccounts: [],
        removeAccounts: [accountName],
      });
      stop();
      expect(heard.map((each) => each.kind)).toEqual(['account-removed']);
      expect(await store.listMailboxes(account)).toEqual([]);
      const outcomes = await store.append({
        message: { kind: 'octets', octets: message('late') },
        targets: [target(account)],
      });
      expect(outcomes).toEqual([{ ok: false, reason: 'no-such-mailbox' }]);
    });

    test('a large message goes through a spool and comes back in pieces', async () => {
      const account = await newAccount();
      const spool = store.newSpool({ maxBytes: 10_000_000 });
      const start = message('large', 'Content-Type: application/octet-stream\n');
      await spool.write(start);
      const line = encode(`${'x'.repeat(70)}\n`);
      for (let i = 0; i < 20_000; i += 1) await spool.write(line);
      expect(Buffer.from(spool.head().subarray(0, start.length)).equals(start)).toBe(true);
      const [outcome] = await store.append({ message: await spool.finish(), targets: [target(account)] });
      if (outcome?.ok !== true) throw new Error('not stored');
      const reader = await store.openMessage(account, outcome.emailId);
      expect(reader?.originalBytes).toBe(start.length + 20_000 * line.length);
      const piece = await reader?.read(start.length, start.length + line.length);
      expect(Buffer.from(piece ?? []).equals(line)).toBe(true);
      reader?.close();
    });

    test('writes at the same moment all succeed, with uids without gaps', async () => {
      const account = await newAccount();
      const outcomes = await Promise.all(Array.from({ length: 50 }, (_each, i) => append(account, message(`p${i}`))));
      expect(outcomes.map((each) => each.uid as number).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_each, i) => i + 1),
      );
      expect(new Set(outcomes.map((each) => each.modseq)).size).toBe(50);
    });
  });
}
