import { maxRecipientsOf, maxSizeOf } from '../../wire/smtp/read-capabilities.ts';
import type { Capabilities } from '../../wire/smtp/read-capabilities.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import type { Dialogue } from './dialogue.ts';
import { addressOf, needsUtf8, pathOf, recipientParams, senderDsnParams } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import type { OpenSession } from './open-session.ts';
import type { RecipientResult } from './recipient-result.ts';
import { sendChunks, sendData } from './send-content.ts';
import type { Content } from './send-content.ts';
import { refusal, SmtpError } from './smtp-error.ts';
import type { SmtpTimeouts } from './timeouts.ts';

/** What became of a message. */
export interface SendResult {
  /** The server's reply to the message, which it has now; undefined: no recipient was accepted, so nothing was sent. */
  readonly reply: Reply | undefined;
  /** In the order of the envelope. */
  readonly recipients: readonly RecipientResult[];
}

/** RCPT commands on their way at once: their replies have to fit into the buffers between us. RFC 2920 section 3.1. */
const batchSize = 50;

/** One mail transaction. RFC 5321 section 3.3. @throws SmtpError, and what `content` throws */
export async function runTransaction(
  session: OpenSession,
  envelope: Envelope,
  content: Content,
  timeouts: SmtpTimeouts,
): Promise<SendResult> {
  const { dialogue, capabilities } = session;
  const mail = mailCommand(envelope, capabilities, dialogue.connection.tls !== undefined);
  const max = maxRecipientsOf(capabilities) ?? envelope.to.length;
  const dsn = capabilities.has('DSN');
  const commands = envelope.to
    .slice(0, max)
    .map((to) => `RCPT TO:${pathOf(addressOf(to), 'RCPT')}${dsn ? recipientParams(to) : ''}\r\n`);
  const byChunks = envelope.body === 'binary' || (envelope.chunking === true && capabilities.has('CHUNKING'));
  const withData = !byChunks && capabilities.has('PIPELINING') && commands.length <= batchSize;
  const recipients = await sendEnvelope(session, mail, { commands, envelope, withData }, timeouts);
  try {
    const accepted = recipients.some(({ state }) => state === 'accepted');
    const reply = byChunks
      ? accepted && (await sendChunks(dialogue, content, timeouts))
      : await sendText(dialogue, accepted, withData, content, timeouts);
    if (!reply) return { reply: undefined, recipients };
    if (reply.code !== 250) throw refusal('END', reply);
    return { reply, recipients };
  } catch (error) {
    if (error instanceof SmtpError) throw error.with(recipients);
    // Half a message must not be ended as if it were whole.
    dialogue.connection.destroy();
    throw error;
  }
}

interface Plan {
  readonly commands: readonly string[];
  readonly envelope: Envelope;
  /** DATA goes along with the last recipient. */
  readonly withData: boolean;
}

/** MAIL and RCPTs, all at once where the server offers PIPELINING. */
async function sendEnvelope(
  { dialogue, capabilities }: OpenSession,
  mail: string,
  { commands, envelope, withData }: Plan,
  timeouts: SmtpTimeouts,
): Promise<RecipientResult[]> {
  const step = capabilities.has('PIPELINING') ? batchSize : 1;
  const replies: Reply[] = [];
  const isPipelined = step > 1;
  if (!isPipelined) await dialogue.insist('MAIL', mail.trimEnd(), 2, timeouts.command);
  let refused: Reply | undefined;
  for (let at = 0; at < Math.max(commands.length, 1); at += step) {
    const batch = commands.slice(at, at + step);
    const isFirst = isPipelined && at === 0;
    await dialogue.send(
      'RCPT',
      `${isFirst ? mail : ''}${batch.join('')}${withData ? 'DATA\r\n' : ''}`,
      timeouts.recipient,
    );
    if (isFirst) {
      const reply = await dialogue.reply('MAIL', timeouts.command);
      if (reply.code !== 250) refused = reply;
    }
    for (const _ of batch) replies.push(await dialogue.reply('RCPT', timeouts.recipient));
    if (refused) {
      if (withData) await closeData(dialogue, timeouts);
      throw refusal('MAIL', refused);
    }
  }
  return envelope.to.map((to, at) => resultOf(addressOf(to), replies[at]));
}

function resultOf(address: string, reply: Reply | undefined): RecipientResult {
  if (!reply) return { address, state: 'not-tried', reply: undefined };
  return { address, state: reply.code >= 200 && reply.code < 300 ? 'accepted' : 'refused', reply };
}

/** DATA and the text; undefined when there is nobody to send it to. */
async function sendText(
  dialogue: Dialogue,
  accepted: boolean,
  dataSent: boolean,
  content: Content,
  timeouts: SmtpTimeouts,
): Promise<Reply | undefined> {
  if (!accepted) {
    if (dataSent) await closeData(dialogue, timeouts);
    return undefined;
  }
  const reply = dataSent
    ? await dialogue.reply('DATA', timeouts.dataStart)
    : await dialogue.ask('DATA', 'DATA', timeouts.dataStart);
  if (reply.code !== 354) throw refusal('DATA', reply);
  return sendData(dialogue, content, timeouts);
}

/** A server may say 354 although nobody is to get anything: then nothing is what it gets. RFC 2920 section 3.1. */
async function closeData(dialogue: Dialogue, timeouts: SmtpTimeouts): Promise<void> {
  const reply = await dialogue.reply('DATA', timeouts.dataStart);
  if (reply.code === 354) await dialogue.ask('DATA', '.', timeouts.dataEnd);
}

/** @throws SmtpError when the server does not offer what the message needs */
function mailCommand(envelope: Envelope, capabilities: Capabilities, isTls: boolean): string {
  const { size, body = '7bit', requireTls } = envelope;
  const utf8 = needsUtf8(envelope);
  const max = maxSizeOf(capabilities);
  if (size !== undefined && max !== undefined && size > max) throw unsupported(`larger than ${max} octets`, '5.3.4');
  if (utf8 && !capabilities.has('SMTPUTF8')) throw unsupported('the server does not offer SMTPUTF8', '5.6.7');
  if (body === '8bit' && !capabilities.has('8BITMIME'))
    throw unsupported('the server does not offer 8BITMIME', '5.6.3');
  if (body === 'binary' && !(capabilities.has('BINARYMIME') && capabilities.has('CHUNKING')))
    throw unsupported('the server does not offer BINARYMIME', '5.6.3');
  if (requireTls && !(isTls && capabilities.has('REQUIRETLS')))
    throw unsupported('the server does not offer REQUIRETLS', '5.7.30');
  const bodies = { '7bit': '', '8bit': ' BODY=8BITMIME', binary: ' BODY=BINARYMIME' };
  return [
    `MAIL FROM:${pathOf(envelope.from, 'MAIL')}`,
    size !== undefined && capabilities.has('SIZE') ? ` SIZE=${Math.trunc(size)}` : '',
    bodies[body],
    utf8 ? ' SMTPUTF8' : '',
    requireTls ? ' REQUIRETLS' : '',
    capabilities.has('DSN') ? senderDsnParams(envelope.dsn) : '',
    '\r\n',
  ].join('');
}

function unsupported(what: string, enhanced: string): SmtpError {
  return new SmtpError('MAIL', 'unsupported', `MAIL: ${what}`, { permanence: 'permanent', enhanced });
}
