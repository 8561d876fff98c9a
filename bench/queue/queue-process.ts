/**
 * A process with a store, a queue and the real relay, that sends all to one host: for measuring, and for killing. Its one
 * argument is a `Task` as JSON; it tells `Told` to its parent.
 */
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createStubResolver } from '../../src/net/dns/stub-resolver.ts';
import { defaultSchedule } from '../../src/queue/schedule.ts';
import { Queue } from '../../src/queue/queue.ts';
import { queueSettings } from '../../src/queue/queue-settings.ts';
import { createRelay } from '../../src/relay/relay.ts';
import { openStore } from '../../src/store/open-store.ts';

export interface Task {
  readonly dataDir: string;
  /** Of the host on loopback. */
  readonly port: number;
  /** Deliver from the start; otherwise only put in. */
  readonly deliver: boolean;
  readonly enqueue: number;
  /** Numbers of messages begin here. */
  readonly first: number;
  readonly destinations: readonly string[];
  readonly sizeBytes: number;
  /** Short leases and waits, for a process that is killed. */
  readonly impatient: boolean;
}

export type Told =
  | { readonly what: 'opened'; readonly ms: number }
  | { readonly what: 'enqueued'; readonly ms: number }
  /** After delivering: nothing is left in the queue. */
  | { readonly what: 'empty' };

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const tell = (told: Told): void => void process.send?.(told);
const started = performance.now();
const store = await openStore({ dataDir: task.dataDir });
const relay = createRelay({
  resolver: createStubResolver({}),
  sts: { policyFor: () => Promise.resolve({ kind: 'none' }) },
  reporter: { record: () => undefined },
  ...{
    ehloName: 'bench.test',
    port: 25,
    ca: undefined,
    lookupMs: 1000,
    random: Math.random,
    now: Date.now,
    log: silentLog,
  },
  ...{ isOwnName: () => false, isOwnAddress: () => false },
  sources: { choose: () => Promise.resolve(undefined) },
  readToken: () => Promise.reject(new Error('nobody logs in')),
  timeouts: { command: 3000, recipient: 3000 },
});
const transport = {
  kind: 'smarthost',
  name: 'sink',
  host: '127.0.0.1',
  port: task.port,
  tls: 'none',
  verify: false,
} as const;
const impatient = {
  leaseMs: 1500,
  scanEveryMs: 300,
  schedule: { ...defaultSchedule, firstWaitMs: 500, longestWaitMs: 500 },
};
const queue = new Queue({
  store: store.outgoing,
  settings: queueSettings({
    hostname: 'bench.test',
    routes: {
      ofAccount: () => [],
      ofSenderDomain: () => [],
      global: [{ fromDomains: [], toDomains: [], minimumAttempts: 0, transport }],
    },
    ...(task.impatient ? impatient : {}),
  }),
  local: relay,
  remote: relay,
  isLocal: () => false,
  clock: systemClock,
  log: silentLog,
});
if (task.deliver) queue.start();
tell({ what: 'opened', ms: performance.now() - started });

const line = `${'posthorn '.repeat(8)}\r\n`;
const text = line.repeat(Math.ceil(task.sizeBytes / line.length));
let next = 0;

async function enqueueAll(): Promise<void> {
  while (next < task.enqueue) {
    const number = task.first + next;
    const domain = task.destinations[next % task.destinations.length] ?? '';
    next += 1;
    const content = Buffer.from(`X-Number: ${number}\r\nSubject: number ${number}\r\n\r\n${text}`);
    const recipient = { returnPath: 'a@bench.test', recipient: `b${number}@${domain}`, domain };
    await queue.enqueue({
      ...{
        accountId: undefined,
        body: '7bit',
        utf8: false,
        tls: 'default',
        envelopeId: undefined,
        returnContent: undefined,
      },
      ...{
        subject: '',
        headerMessageId: '',
        fromDomain: 'bench.test',
        kind: 'mail',
        prefix: 'Received: by bench.test\r\n',
      },
      content: { kind: 'octets', octets: content, owned: true },
      recipients: [{ ...recipient, notify: undefined, originalRecipient: undefined }],
      ...{ notBeforeMs: undefined, lifetimeMs: undefined },
    });
  }
}

const begun = performance.now();
await Promise.all(Array.from({ length: 50 }, enqueueAll));
tell({ what: 'enqueued', ms: performance.now() - begun });
// Not a count: that would look at each entry.
const isEmpty = async () => (await queue.list({}, { after: 0, limit: 1 })).length === 0;
if (task.deliver) while (!(await isEmpty())) await new Promise((resolve) => setTimeout(resolve, 100));
tell({ what: 'empty' });

process.once('message', () => {
  void (async () => {
    await queue.stop();
    await relay.close();
    await store.close();
    process.disconnect?.();
  })();
});
