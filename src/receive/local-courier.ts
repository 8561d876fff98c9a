import { parseAddress } from '../directory/address-text.ts';
import type { Account, Directory } from '../directory/directory.ts';
import type { Batch, LocalCourier } from '../queue/courier.ts';
import type { AttemptStory, Outcome, QueueEntry } from '../queue/queued.ts';
import type { Spool } from '../store/spool.ts';
import type { Store } from '../store/store.ts';
import { gather } from './gather.ts';
import type { EnvelopeRecipient, ReceiveServices, RecipientResult, RefusalReason } from './incoming.ts';
import { maxReceived, traceOf } from './local-trace.ts';
import { planCopies } from './plan-copies.ts';
import { receive } from './receive.ts';
import { screen } from './screen.ts';

export interface LocalCourierServices extends Pick<ReceiveServices, 'clock' | 'log'> {
  readonly store: Pick<Store, 'newSpool' | 'append'>;
  readonly directory: Pick<Directory, 'lookupRecipient' | 'canonicalAddress'>;
  /** Names this server in what is told of deliveries. */
  readonly hostname: string;
  /** Where mail to addresses that are not ours goes (localserve). */
  readonly capture?: () => Account | undefined;
}

type Answer = Pick<Extract<Outcome, { result: 'later' | 'failed' }>, 'result' | 'status'> & {
  readonly code: number;
  readonly text: string;
};

/** What the queue is told for each reason; the same codes that a stranger gets on port 25. */
const answers: Readonly<Record<RefusalReason | 'domain-disabled' | 'bad-address' | 'loop', Answer>> = {
  'unknown-address': { result: 'failed', code: 550, status: '5.1.1', text: 'no such recipient here' },
  'bad-address': { result: 'failed', code: 553, status: '5.1.3', text: 'this is no address' },
  'domain-disabled': { result: 'later', code: 450, status: '4.2.1', text: 'the domain is disabled for now' },
  'post-not-allowed': { result: 'failed', code: 550, status: '5.7.2', text: 'only members may write to this address' },
  'over-quota': { result: 'later', code: 452, status: '4.2.2', text: 'the mailbox of the recipient is full' },
  'no-such-mailbox': { result: 'later', code: 451, status: '4.3.0', text: 'local error' },
  loop: { result: 'failed', code: 550, status: '5.4.6', text: 'the message goes round in circles' },
};

const pieceBytes = 256 * 1024;

/** Mail for our own accounts takes the same road as mail from outside: one decision for both. */
export function createLocalCourier(services: LocalCourierServices): LocalCourier {
  return {
    planCopies: (arriving) => planCopies(services, arriving),
    async deliver(batch, record) {
      const startedAtMs = services.clock.now();
      const { recipients, refused } = screenAll(services, batch.entries);
      const outcomes = refused.map(({ entry, answer }) => outcomeOf(services, batch, { entry, answer, startedAtMs }));
      if (recipients.length > 0) {
        const results = await file(
          services,
          batch,
          recipients.map(({ recipient }) => recipient),
        );
        for (const [place, { entry }] of recipients.entries()) {
          const answer = answerOf(results === 'loop' ? 'loop' : results[place]);
          outcomes.push(outcomeOf(services, batch, { entry, answer, startedAtMs }));
        }
      }
      await record(outcomes);
    },
  };
}

interface ScreenedEntry {
  readonly entry: QueueEntry;
  readonly recipient: EnvelopeRecipient;
}
interface RefusedEntry {
  readonly entry: QueueEntry;
  readonly answer: Answer;
}

function screenAll(
  { directory, capture }: LocalCourierServices,
  entries: readonly QueueEntry[],
): { readonly recipients: readonly ScreenedEntry[]; readonly refused: readonly RefusedEntry[] } {
  const recipients: ScreenedEntry[] = [];
  const refused: RefusedEntry[] = [];
  for (const entry of entries) {
    const address = parseAddress(entry.recipient);
    const screened = address.ok ? screen(directory, address.value, capture?.()) : undefined;
    if (!address.ok || screened === undefined) refused.push({ entry, answer: answers['bad-address'] });
    else if (screened.kind === 'local') {
      const { notify, originalRecipient, recipient: printed } = entry;
      const recipient = {
        address: address.value,
        printed,
        destination: screened.destination,
        notify,
        originalRecipient,
      };
      recipients.push({ entry, recipient });
      // A domain that was ours a moment ago has no addresses any more.
    } else
      refused.push({ entry, answer: answers[screened.kind === 'domain-disabled' ? screened.kind : 'unknown-address'] });
  }
  return { recipients, refused };
}

async function file(
  services: LocalCourierServices,
  batch: Batch,
  recipients: readonly EnvelopeRecipient[],
): Promise<readonly RecipientResult[] | 'loop'> {
  const returnPath = batch.entries[0]?.returnPath ?? '';
  const sender = parseAddress(returnPath);
  const reader = await batch.open();
  // What the queue took is not refused for its size here.
  const spool = services.store.newSpool({ maxBytes: Number.MAX_SAFE_INTEGER, expectedBytes: reader.originalBytes });
  let isOurs = true;
  try {
    await copyInto(spool, reader);
    const facts = gather(spool);
    if (facts.receivedFields > maxReceived) return 'loop';
    const trace = traceOf(returnPath, Buffer.from(reader.prefix).toString('latin1'));
    const id = `queue.${batch.message.messageId}`;
    isOurs = false;
    return await receive(
      services,
      { id, sender: sender.ok ? sender.value : undefined, recipients, spool, trace },
      facts,
    );
  } finally {
    reader.close();
    if (isOurs) await spool.discard();
  }
}

async function copyInto(spool: Spool, reader: Awaited<ReturnType<Batch['open']>>): Promise<void> {
  for (let start = 0; start < reader.originalBytes; start += pieceBytes) {
    await spool.write(await reader.read(start, Math.min(start + pieceBytes, reader.originalBytes)));
  }
}

function answerOf(result: RecipientResult | 'loop' | undefined): Answer | undefined {
  if (result === 'loop') return answers.loop;
  if (result === undefined) return answers['no-such-mailbox'];
  return result.kind === 'filed' ? undefined : answers[result.reason];
}

function outcomeOf(
  { hostname, clock }: LocalCourierServices,
  { transport }: Batch,
  {
    entry,
    answer,
    startedAtMs,
  }: { readonly entry: QueueEntry; readonly answer: Answer | undefined; readonly startedAtMs: number },
): Outcome {
  const result: AttemptStory['result'] = answer?.result ?? 'delivered';
  const story = {
    startedAtMs,
    endedAtMs: clock.now(),
    transport: transport.name,
    hosts: [],
    result,
    summary: answer === undefined ? 'Filed in the mailbox of the recipient.' : `Not filed: ${answer.text}.`,
  };
  if (answer === undefined) return { id: entry.id, result: 'delivered', dsn: 'final', reply: undefined, story };
  const reply = { host: hostname, code: answer.code, enhanced: answer.status, text: answer.text };
  return { id: entry.id, result: answer.result, status: answer.status, reply, story };
}
