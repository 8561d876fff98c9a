/**
 * Run by hand, not a test: how many messages a second are filed, and what one costs this process.
 *
 *     node bench/measure-appends.ts [DATABASE-URL]    # without one: the server of the tests (no fsync)
 *     node bench/measure-appends.ts sqlite            # for comparison (with fsync)
 *
 * Messages of 4 kB, all different, to 50 accounts in turn (or `ACCOUNTS=1`), by 1, 10 and 100 senders at a time.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../test/servers/postgres.ts';
import { openStore } from '../src/store/open-store.ts';

const accounts = Number(process.env['ACCOUNTS'] ?? 50);
const seconds = 4;
const where = process.argv[2];
const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-measure-'));
const databaseUrl = where ?? (await (await startPostgres()).createDatabase());
const store = await openStore(where === 'sqlite' ? { dataDir } : { dataDir, databaseUrl });
const { version } = await store.readDirectory();
const run = process.pid;
const names = Array.from({ length: accounts }, (_each, i) => `measured-${run}-${i}`);
const createAccounts = names.map((name) => ({ name, mailboxes: 'minimal' as const }));
const edited = await store.editDirectory({
  baseVersion: version,
  put: [],
  remove: [],
  createAccounts,
  removeAccounts: [],
});
if (!edited.ok) throw new Error('the directory was edited meanwhile');
const ids = names.flatMap((name) => edited.accountIds.get(name) ?? []);
const body = Array.from(
  { length: 55 },
  (_each, i) => `line ${i} of a message that is like many others, ${i * 7919}\r\n`,
).join('');
let next = 0;

async function append(): Promise<void> {
  next += 1;
  const id = `${run}.${next}@measure`;
  const octets = Buffer.from(
    `From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: number ${next}\r\nMessage-ID: <${id}>\r\n\r\n${body}${id}\r\n`,
  );
  const accountId = ids[next % ids.length];
  if (accountId === undefined) throw new Error('no accounts');
  const mailbox = { name: 'INBOX', orInbox: true };
  const target = { accountId, mailbox, flags: 0, keywords: [], receivedAtMs: Date.now(), prefix: '' };
  const [outcome] = await store.append({ message: { kind: 'octets', octets }, targets: [target] });
  if (outcome?.ok !== true) throw new Error('not stored');
}

async function measure(senders: number): Promise<string> {
  const ends = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  const started = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: senders }, async () => {
      while (performance.now() < ends) {
        await append();
        done += 1;
      }
    }),
  );
  const passed = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  return `${senders} senders: ${Math.round(done / passed)}/s, ${Math.round((user + system) / done)} µs of our time each`;
}

for (let i = 0; i < 200; i += 1) await append();
for (const senders of [1, 10, 100]) process.stdout.write(`${await measure(senders)}\n`);
await store.close();
process.exit(0);
