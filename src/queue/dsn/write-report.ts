import type { MessageReader } from '../../store/message-reader.ts';
import type { NewOutgoing } from '../../store/queue/outgoing-row.ts';
import type { OutgoingStore } from '../../store/queue/outgoing-store.ts';
import type { Spool } from '../../store/spool.ts';
import { domainOf, toEnvelope } from '../rows.ts';
import type { Schedule } from '../schedule.ts';
import { composeReport } from './compose-report.ts';
import type { Report } from './compose-report.ts';
import type { ReportSubject } from './notice.ts';
import type { ReportSignature, ReportSigner } from './report-signer.ts';

const pieceBytes = 256 * 1024;
/** A longer header is cut. */
const maxHeaderBytes = 64 * 1024;

export interface ReportServices {
  readonly store: Pick<OutgoingStore, 'newSpool'>;
  readonly settings: { readonly schedule: Schedule };
  readonly signer?: ReportSigner | undefined;
}

/**
 * A notification as a message for the queue, with the null path and no wishes of its own. Undefined when its sender has no
 * address that mail can go to. `original` undefined: its octets cannot be had; it is told without them.
 * @throws StorageFull
 */
export async function writeReport(
  { store, settings, signer }: ReportServices,
  subject: ReportSubject,
  original: MessageReader | undefined,
): Promise<NewOutgoing | undefined> {
  const domain = domainOf(subject.returnPath);
  if (domain === undefined) return undefined;
  const report = composeReport(subject);
  const spool = store.newSpool({ maxBytes: Number.MAX_SAFE_INTEGER });
  const signature = signer?.begin();
  const message = await collect({ spool, signature }, report, original);
  const has8bit = report.has8bit || original !== undefined;
  const content = {
    accountId: undefined,
    prefix: (await signature?.finish()) ?? '',
    fromDomain: subject.hostname,
    // What comes back may have any octets; the courier looks for itself where the other side takes only seven bits.
    body: has8bit ? ('8bit' as const) : ('7bit' as const),
    utf8: report.utf8,
    tls: subject.message.tls === 'required' ? ('required' as const) : ('default' as const),
    envelopeId: undefined,
    returnContent: undefined,
    subject: report.subject,
    headerMessageId: report.headerMessageId,
    kind: 'notification' as const,
    notBeforeMs: undefined,
    lifetimeMs: undefined,
  };
  const { returnPath } = subject;
  const recipient = {
    returnPath: '',
    recipient: returnPath,
    domain,
    notify: ['NEVER'] as const,
    originalRecipient: undefined,
  };
  const outgoing = toEnvelope(
    { ...content, content: message, recipients: [recipient] },
    settings.schedule,
    subject.nowMs,
  );
  return { message, outgoing };
}

/** Where the octets go: they are kept, and signed in passing. */
interface Sink {
  readonly spool: Spool;
  readonly signature: ReportSignature | undefined;
}

async function write({ spool, signature }: Sink, octets: Uint8Array): Promise<void> {
  signature?.write(octets);
  await spool.write(octets);
}

async function collect(sink: Sink, { before, includes, after }: Report, original: MessageReader | undefined) {
  const { spool } = sink;
  try {
    await write(sink, before);
    if (original !== undefined) {
      if (includes === 'headers') await write(sink, await readHeader(original));
      else await copyAll(sink, original);
    }
    await write(sink, after);
    return await spool.finish();
  } catch (error) {
    await spool.discard();
    throw error;
  }
}

async function copyAll(sink: Sink, original: MessageReader): Promise<void> {
  await write(sink, original.prefix);
  for (let start = 0; start < original.originalBytes; start += pieceBytes) {
    await write(sink, await original.read(start, Math.min(start + pieceBytes, original.originalBytes)));
  }
}

/** The header with what this server added, up to the blank line. */
async function readHeader(original: MessageReader): Promise<Uint8Array> {
  const start = await original.read(0, Math.min(maxHeaderBytes, original.originalBytes));
  const octets = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  let end = octets.indexOf('\r\n\r\n');
  end = end < 0 ? octets.lastIndexOf('\r\n') + 2 : end + 2;
  // A message without a header begins with the blank line.
  if (octets[0] === 13 && octets[1] === 10) end = 0;
  return Buffer.concat([original.prefix, octets.subarray(0, Math.max(0, end))]);
}
