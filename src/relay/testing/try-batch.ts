/** One batch given to a relay in a fake world. For tests only. */
import { silentLog } from '../../base/log.ts';
import type { Batch } from '../../queue/courier.ts';
import type { Outcome, QueueEntry, QueuedMessage, QueueId } from '../../queue/queued.ts';
import type { Transport } from '../../queue/transport.ts';
import { createRelay } from '../relay.ts';
import type { Relay, RelayOptions } from '../relay.ts';
import type { StsFacts } from '../tls-policy.ts';
import type { TlsFact } from '../tls-report.ts';
import { fakeZone } from './fake-zone.ts';
import type { Known } from './fake-zone.ts';

export interface World {
  readonly relay: Relay;
  readonly facts: TlsFact[];
  readonly asked: string[];
}

export interface WorldOptions extends Partial<RelayOptions> {
  readonly sts?: RelayOptions['sts'];
  readonly policies?: Readonly<Record<string, StsFacts>>;
}

/** A relay that knows these names, and connects to `port` of their addresses. */
export function fakeWorld(port: number, names: Readonly<Record<string, Known>>, options: WorldOptions = {}): World {
  const facts: TlsFact[] = [];
  const zone = fakeZone(names);
  const { policies = {}, ...rest } = options;
  const relay = createRelay({
    ...{ resolver: zone.resolver, ehloName: 'mail.our.test', port, lookupMs: 1000, ca: undefined, log: silentLog },
    sts: { policyFor: async (domain) => policies[domain] ?? { kind: 'none' } },
    reporter: { record: (fact) => facts.push(fact) },
    isOwnName: (name) => name === 'mail.our.test',
    isOwnAddress: () => false,
    sources: { choose: () => Promise.resolve(undefined) },
    readToken: (file) =>
      file === 'missing' ? Promise.reject(new Error('no such file')) : Promise.resolve(`token of ${file}\n`),
    timeouts: { connect: 2000, greeting: 2000, command: 2000, recipient: 2000, dataStart: 2000, dataEnd: 2000 },
    random: () => 0,
    now: () => Date.now(),
    ...rest,
  });
  return { relay, facts, asked: zone.asked };
}

export const plainMessage: QueuedMessage = {
  ...{ messageId: 1, accountId: undefined, sizeBytes: 0, body: '7bit', utf8: false, tls: 'default' },
  ...{ envelopeId: undefined, returnContent: undefined, subject: '', headerMessageId: '', fromDomain: 'our.test' },
  ...{ queuedAtMs: 0, kind: 'mail' },
};

export interface Given {
  readonly to?: readonly string[];
  readonly message?: Partial<QueuedMessage>;
  readonly entry?: Partial<QueueEntry>;
  readonly text?: string | Buffer;
  readonly partMap?: string;
  readonly prefix?: string;
  readonly transport?: Transport;
}

export function batchOf(given: Given): Batch {
  const { to = ['ann@a.test'], transport = { kind: 'direct', name: 'direct' }, prefix = '', partMap = '' } = given;
  const octets = Buffer.from(given.text ?? 'Subject: x\r\n\r\nbody\r\n');
  const message = { ...plainMessage, sizeBytes: octets.length, ...given.message };
  const entries = to.map((recipient, at): QueueEntry => ({
    ...{ id: (at + 1) as QueueId, message, returnPath: 'bob@our.test', recipient },
    domain: recipient.slice(recipient.lastIndexOf('@') + 1),
    ...{ notify: undefined, originalRecipient: undefined, attempts: 0, nextAttemptMs: 0, expiresAtMs: 1e15 },
    ...{ isHeld: false, delayTold: false, story: [] },
    ...given.entry,
  }));
  const read = async (start: number, end: number): Promise<Uint8Array> => octets.subarray(start, end);
  const reader = { prefix: Buffer.from(prefix), originalBytes: octets.length, partMap, read, close: () => undefined };
  return { message, entries, transport, open: async () => reader };
}

/** The outcome of each recipient, in order; those without one are left out. */
export async function tryBatch(
  relay: Relay,
  given: Given = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<QueueId, Outcome>();
  const batch = batchOf(given);
  await relay.deliver(
    batch,
    async (some) => {
      for (const outcome of some) {
        if (outcomes.has(outcome.id)) throw new Error('an entry was settled twice');
        outcomes.set(outcome.id, outcome);
      }
    },
    signal,
  );
  return batch.entries.map(({ id }) => outcomes.get(id)).filter((outcome) => outcome !== undefined);
}

/** `delivered`, `later 4.2.1`, … */
export function printOutcomes(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map((outcome) =>
    outcome.result === 'delivered' ? `delivered ${outcome.dsn}` : `${outcome.result} ${outcome.status}`,
  );
}
