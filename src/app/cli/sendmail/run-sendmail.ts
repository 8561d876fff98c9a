import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { SmtpClient, SmtpError } from '../../../clients/smtp/smtp-client.ts';
import type { RecipientResult } from '../../../clients/smtp/smtp-client.ts';
import { Refusal } from '../../refusal.ts';
import type { CommandIo } from '../command.ts';
import { exitStatus, SendmailFailure, statusOf } from './exit-status.ts';
import { parseSendmailWords, sendmailUsage } from './parse-sendmail-words.ts';
import type { SendmailRequest } from './parse-sendmail-words.ts';
import { addressesOf, cutAtDot, prepareMessage } from './prepare-message.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { defaultSettingsFile, readSettings } from './read-settings.ts';
import type { SendmailSettings } from './read-settings.ts';

/** Octets of a message. */
const maxMessageBytes = 128 * 1024 * 1024;

/**
 * `posthorn sendmail`: hands one message to a server and ends when the server has taken it, or not. Queues nothing.
 * The exit status is one of sysexits.h; 0: every recipient's server-side copy is the server's business now.
 */
export async function runSendmail(words: readonly string[], io: CommandIo): Promise<number> {
  try {
    const request = parseSendmailWords(words);
    if (request.help) {
      io.out(`${sendmailUsage}\n`);
      return 0;
    }
    const settings = readSettings(request.configFile ?? defaultSettingsFile);
    await handIn(request, settings, io);
    return 0;
  } catch (error) {
    if (error instanceof SendmailFailure) return complain(io, error.status, error.message);
    if (error instanceof SmtpError) return complain(io, statusOf(error), error.message);
    if (error instanceof Refusal) return complain(io, exitStatus.dataError, error.message);
    throw error;
  }
}

function complain(io: CommandIo, status: number, message: string): number {
  io.err(`posthorn sendmail: ${message}\n`);
  return status;
}

async function handIn(request: SendmailRequest, settings: SendmailSettings, io: CommandIo): Promise<void> {
  const { from, header, domain } = sendersOf(request, settings);
  const given = request.recipients.flatMap((text) => {
    const found = addressesOf(Buffer.from(text).toString('latin1'), domain);
    if (found.length === 0) throw new SendmailFailure(exitStatus.noUser, `not an address: ${JSON.stringify(text)}`);
    return found;
  });
  if (given.length === 0 && !request.readRecipients)
    throw new SendmailFailure(exitStatus.usage, `no recipient; ${sendmailUsage}`);
  const input = await io.readInput(maxMessageBytes);
  const id = randomBytes(16).toString('base64url');
  const message = prepareMessage(request.ignoreDots ? input : cutAtDot(input), request.readRecipients, {
    ...{ from: header, fullName: request.fullName, now: new Date(), id, domain },
  });
  const to = [...new Set([...given, ...message.recipients])];
  if (to.length === 0) throw new SendmailFailure(exitStatus.noUser, 'no recipient in To, Cc or Bcc');
  const client = await openClient(settings);
  try {
    reportRefused(await sendAll(client, from, to, message));
  } finally {
    await client.quit();
  }
}

interface Senders {
  /** Of the envelope; '' for none. */
  readonly from: string;
  /** For From, where the message has none. */
  readonly header: string;
  readonly domain: string;
}

function sendersOf({ from }: SendmailRequest, settings: SendmailSettings): Senders {
  const usual = settings.from ?? (settings.username?.includes('@') ? settings.username : undefined);
  const wanted = from === '<>' ? '' : from;
  const text = wanted === undefined || wanted === '' ? usual : wanted;
  if (text === undefined)
    throw new SendmailFailure(exitStatus.config, 'who sends? set "from" in the settings, or give -f');
  const usualDomain = usual?.slice(usual.lastIndexOf('@') + 1);
  const [header] = addressesOf(Buffer.from(text).toString('latin1'), usualDomain ?? '');
  if (header === undefined || !header.includes('@'))
    throw new SendmailFailure(exitStatus.usage, `not an address: ${JSON.stringify(text)}`);
  return {
    from: wanted === '' ? '' : header,
    header,
    domain: usualDomain ?? header.slice(header.lastIndexOf('@') + 1),
  };
}

async function openClient(settings: SendmailSettings): Promise<SmtpClient> {
  const { host, port, tls, ca, username, password, clientKey } = settings;
  const name = hostname();
  const client = await SmtpClient.connect({
    ...{ host, port, tls, ehloName: /^[A-Za-z0-9.-]{1,255}$/.test(name) ? name : '[127.0.0.1]' },
    ...(ca === undefined ? {} : { ca }),
    ...(clientKey ? { clientKey } : {}),
  });
  try {
    if (username !== undefined && password !== undefined) {
      await client.authenticate({ kind: 'password', username, password }, { allowPlaintext: tls === 'none' });
    } else if (clientKey && client.capabilities.get('AUTH')?.includes('EXTERNAL')) {
      // Without EXTERNAL, the certificate alone is enough, or the server will say what it misses.
      await client.authenticate({ kind: 'certificate' });
    }
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

/** As many transactions as the server's limit of recipients makes of it. */
async function sendAll(
  client: SmtpClient,
  from: string,
  to: readonly string[],
  { octets, is8bit, isHeader8bit }: PreparedMessage,
): Promise<readonly RecipientResult[]> {
  const results: RecipientResult[] = [];
  for (let left = to; left.length > 0;) {
    const utf8 = isHeader8bit && client.capabilities.has('SMTPUTF8');
    const size = octets.length;
    const envelope = { from, to: left, body: is8bit ? '8bit' : '7bit', utf8, size } as const;
    const { recipients } = await client.send(envelope, [octets]).catch((error: unknown) => {
      throw results.length === 0 ? error : partlyTaken(results, error);
    });
    results.push(...recipients.filter(({ state }) => state !== 'not-tried'));
    left = recipients.filter(({ state }) => state === 'not-tried').map(({ address }) => address);
  }
  return results;
}

/** @throws SendmailFailure when the server does not take it for somebody */
function reportRefused(results: readonly RecipientResult[]): void {
  const refused = results.flatMap(({ address, reply }) =>
    reply && reply.code >= 300 ? [{ address, code: reply.code, text: reply.lines.join(' ').slice(0, 200) }] : [],
  );
  if (refused.length === 0) return;
  const lines = refused.map(({ address, code, text }) => `<${address}>: ${code} ${text}`);
  const others = refused.length < results.length ? '; the other recipients get it' : '';
  throw new SendmailFailure(statusOfRefused(results, refused), `refused${others}: ${lines.join('; ')}`);
}

/** Whoever is told 75 sends to all of them again: never when somebody has the message, or they would have it twice. */
function statusOfRefused(results: readonly RecipientResult[], refused: readonly { readonly code: number }[]): number {
  if (refused.some(({ code }) => code >= 500)) return exitStatus.noUser;
  return refused.length < results.length ? exitStatus.unavailable : exitStatus.tempFail;
}

/** A later transaction failed after others were taken. */
function partlyTaken(results: readonly RecipientResult[], error: unknown): unknown {
  const taken = results.filter(({ state }) => state === 'accepted');
  if (taken.length === 0) return error;
  const why = error instanceof Error ? error.message : 'it failed';
  const who = taken.slice(0, 10).map(({ address }) => `<${address}>`);
  const more = taken.length > who.length ? ` and ${taken.length - who.length} more` : '';
  return new SendmailFailure(exitStatus.unavailable, `${why}; only ${who.join(', ')}${more} got it`);
}
