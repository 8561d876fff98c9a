import type { AccountId } from '../store/ids.ts';
import type { Outgoing } from './enqueue.ts';
import type { AttemptStory, Outcome, QueueEntry, QueueId, QueuedMessage } from './queued.ts';

const message: QueuedMessage = {
  messageId: 1,
  accountId: 7 as AccountId,
  sizeBytes: 100,
  body: '7bit',
  utf8: false,
  tls: 'default',
  envelopeId: undefined,
  returnContent: undefined,
  subject: 'Hello',
  headerMessageId: '<1@home.example>',
  fromDomain: 'home.example',
  queuedAtMs: 0,
  kind: 'mail',
};

/** An entry for tests. */
export function testEntry(
  changes: Partial<Omit<QueueEntry, 'message'>> = {},
  messageChanges: Partial<QueuedMessage> = {},
): QueueEntry {
  return {
    id: 1 as QueueId,
    message: { ...message, ...messageChanges },
    returnPath: 'ann@home.example',
    recipient: 'bob@one.example',
    domain: 'one.example',
    notify: undefined,
    originalRecipient: undefined,
    attempts: 0,
    nextAttemptMs: 0,
    expiresAtMs: 96 * 3_600_000,
    isHeld: false,
    delayTold: false,
    story: [],
    ...changes,
  };
}

export function testStory(result: AttemptStory['result'], atMs = 0): AttemptStory {
  return { startedAtMs: atMs, endedAtMs: atMs, transport: 'direct', hosts: [], result, summary: result };
}

/** An outcome with a reply of one host. */
export function testOutcome(id: QueueId, result: Outcome['result'], code: number, enhanced: string, atMs = 0): Outcome {
  const reply = { host: 'mx.one.example', code, enhanced, text: 'so be it' };
  const story = testStory(result, atMs);
  if (result === 'delivered') return { id, result, story, reply, dsn: 'handed-on' };
  return { id, result, story, reply, status: enhanced };
}

/** A message for the queue. */
export function testOutgoing(recipients: readonly string[], changes: Partial<Outgoing> = {}): Outgoing {
  const { body, utf8, tls, envelopeId, returnContent, subject, headerMessageId, fromDomain, kind, accountId } = message;
  return {
    ...{ body, utf8, tls, envelopeId, returnContent, subject, headerMessageId, fromDomain, kind, accountId },
    content: {
      kind: 'octets',
      octets: Buffer.from(`Subject: ${subject}\r\n\r\nhello to ${recipients.join(', ')}\r\n`),
    },
    prefix: 'Received: by home.example\r\n',
    recipients: recipients.map((recipient) => ({
      returnPath: 'ann@home.example',
      recipient,
      domain: recipient.slice(recipient.lastIndexOf('@') + 1),
      notify: undefined,
      originalRecipient: undefined,
    })),
    notBeforeMs: undefined,
    lifetimeMs: undefined,
    ...changes,
  };
}
