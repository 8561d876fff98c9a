import { SmtpError } from '../clients/smtp/smtp-client.ts';
import type { Envelope, Recipient, RecipientResult, Reply } from '../clients/smtp/smtp-client.ts';
import type { QueueEntry, QueueId } from '../queue/queued.ts';
import type { Attempt } from './attempt.ts';
import type { RelayConnection } from './connection-pool.ts';
import { toWireAddress } from './wire-address.ts';
import { chooseForm } from './message-form.ts';
import { remoteReply } from './host-log.ts';
import type { HostLog } from './host-log.ts';
import { judgeFailure, judgeReply } from './judge-failure.ts';
import type { Scope } from './judge-failure.ts';
import type { MessageSource } from './message-content.ts';
import { stopWith } from './stop-with.ts';
import type { Verdict } from './verdict.ts';

/** What one host was asked to do. */
export interface Sending {
  readonly attempt: Attempt;
  readonly connection: RelayConnection;
  readonly log: HostLog;
  readonly host: string;
  /** A refusal for reasons of policy may be about our address: it is not final yet. */
  readonly isFirstMeeting: boolean;
  /** Another transaction may begin on this connection. */
  readonly canGoOn: () => boolean;
}

/** How it ended: `done`: each open entry was tried; `full`: some need another connection to the same host; else whom to ask. */
export type SendEnd = 'done' | 'full' | 'stale' | Scope;

/** One round of commands, and what it left for another. */
interface Round {
  readonly again: readonly QueueEntry[];
  readonly end: SendEnd | undefined;
}

/**
 * Sends the message to all open entries of the batch over one connection, in as many transactions as the host needs (RFC
 * 5321 section 4.5.3.1.10, RFC 9422). Each result is recorded before the next command.
 */
export async function sendBatch(sending: Sending): Promise<SendEnd> {
  const { attempt, connection, canGoOn } = sending;
  const source = await attempt.batch.open();
  try {
    let round: readonly QueueEntry[] = [...attempt.open.values()];
    for (;;) {
      if (!canGoOn()) return 'full';
      const isFresh = connection.transactions === 0;
      connection.transactions++;
      connection.domains.add(round[0]?.domain ?? '');
      const { again, end } = await sendRound(sending, source, round, isFresh);
      if (end !== undefined) return end;
      if (again.length === 0 || attempt.isOver) return 'done';
      round = again;
    }
  } finally {
    source.close();
  }
}

async function sendRound(
  sending: Sending,
  source: MessageSource,
  entries: readonly QueueEntry[],
  isFresh: boolean,
): Promise<Round> {
  const { attempt, connection } = sending;
  const { client } = connection;
  const form = await chooseForm(attempt.batch.message, client.capabilities, source);
  if ('result' in form) {
    attempt.noteAll(form);
    return { again: [], end: 'host' };
  }
  const envelope = envelopeOf(attempt, entries, form.envelope);
  const watch = stopWith(attempt.signal, connection.stop, source.originalBytes);
  try {
    const { reply, recipients } = await client.send(envelope, watch.content(form.content));
    return { again: await settleRound(sending, entries, recipients, reply), end: undefined };
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error;
    return await failRound(sending, entries, error, isFresh);
  } finally {
    watch.done();
  }
}

function envelopeOf(attempt: Attempt, entries: readonly QueueEntry[], form: Partial<Envelope>): Envelope {
  const { message } = attempt.batch;
  const from = entries[0]?.returnPath ?? '';
  const to: Recipient[] = entries.map(({ recipient, notify, originalRecipient }) => ({
    address: toWireAddress(recipient),
    ...(notify && { notify: notify.map((each) => lowerNotify[each]) }),
    ...(originalRecipient && { originalRecipient: `${originalRecipient.type};${originalRecipient.address}` }),
  }));
  const { returnContent, envelopeId } = message;
  const dsn = { ...(returnContent && { return: returnContent }), ...(envelopeId !== undefined && { envelopeId }) };
  // A notification need not be as secret as what it tells of. RFC 8689 section 4.2.1.
  const requireTls = message.tls === 'required' && from !== '';
  return { from: toWireAddress(from), to, dsn, requireTls, ...form };
}

const lowerNotify = { NEVER: 'never', SUCCESS: 'success', FAILURE: 'failure', DELAY: 'delay' } as const;

/** The host answered to the end. `reply` is undefined when it accepted no recipient. The entries for another transaction. */
async function settleRound(
  sending: Sending,
  entries: readonly QueueEntry[],
  recipients: readonly RecipientResult[],
  reply: Reply | undefined,
): Promise<readonly QueueEntry[]> {
  const { attempt, connection, log, host } = sending;
  const again = await settleRefused(sending, entries, recipients);
  const accepted = entries.filter((_, at) => recipients[at]?.state === 'accepted').map(({ id }) => id);
  if (reply === undefined || accepted.length === 0) return again;
  for (const id of accepted) log.add(`END: ${[reply.code, ...reply.lines].join(' ')}`, id);
  const dsn = connection.client.capabilities.has('DSN') ? 'handed-on' : 'relayed-without-dsn';
  await attempt.delivered(accepted, dsn, remoteReply(host, reply));
  return again;
}

/** What the host said of single recipients. */
async function settleRefused(
  sending: Sending,
  entries: readonly QueueEntry[],
  recipients: readonly RecipientResult[],
): Promise<readonly QueueEntry[]> {
  const { attempt, log, host, isFirstMeeting } = sending;
  const someAccepted = recipients.some(({ state }) => state === 'accepted');
  const final = new Map<QueueId, Verdict>();
  const again: QueueEntry[] = [];
  for (const [at, entry] of entries.entries()) {
    const result = recipients[at];
    if (!result || result.state === 'not-tried') again.push(entry);
    else if (result.state === 'refused') {
      const { reply } = result;
      const verdict = judgeReply(reply, host, isFirstMeeting, true);
      log.add(
        `RCPT: ${[reply.code, reply.enhanced, ...reply.lines].filter((part) => part !== undefined).join(' ')}`,
        entry.id,
      );
      // Too many at once: the rest goes in another transaction. RFC 5321 section 4.5.3.1.10.
      const isTooMany = someAccepted && (reply.code === 452 || reply.code === 552);
      if (verdict.result === 'failed') final.set(entry.id, verdict);
      else if (isTooMany) again.push(entry);
      else attempt.note(entry.id, verdict);
    }
  }
  await attempt.settle(final);
  return again;
}

/** The session or the transaction failed. */
async function failRound(
  sending: Sending,
  entries: readonly QueueEntry[],
  error: SmtpError,
  isFresh: boolean,
): Promise<Round> {
  const { attempt, connection, log, host, isFirstMeeting } = sending;
  const { client } = connection;
  const isEarly = error.step === 'RSET' || error.step === 'MAIL' || error.step === 'RCPT';
  // A server may hang up on an idle connection at any time: that tells nothing of this message.
  if (!isFresh && !client.isOpen && isEarly && error.recipients.length === 0 && (error.code ?? 421) === 421) {
    return { again: [], end: 'stale' };
  }
  const { verdict, scope } = judgeFailure(error, host, isFirstMeeting);
  log.add(error.message);
  const told = error.recipients.length > 0;
  const again = told ? await settleRefused(sending, entries, error.recipients) : [];
  const affected = told ? entries.filter((_, at) => error.recipients[at]?.state === 'accepted') : entries;
  const isFinal = verdict.result === 'failed' && scope === 'over';
  if (isFinal || error.permanence === 'unknown') {
    await attempt.settle(new Map(affected.map(({ id }) => [id, verdict])));
  } else for (const { id } of affected) attempt.note(id, verdict);
  if (client.isOpen && again.length > 0) return { again, end: undefined };
  if (!client.isOpen) for (const { id } of again) attempt.note(id, verdict);
  return { again: [], end: attempt.open.size === 0 ? 'done' : scope === 'over' ? 'host' : scope };
}
