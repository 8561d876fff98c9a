import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { printAddress } from '../directory/address-text.ts';
import type { AddressParts } from '../directory/directory.ts';
import { decodeHeaderText } from '../mime/decode-words.ts';
import { findField, findFields, trimBlanks, unfold } from '../mime/parse-header.ts';
import type { Header } from '../mime/parse-header.ts';
import type { Enqueued, Outgoing } from '../queue/enqueue.ts';
import { copySpooled, discardSpooled } from '../store/copy-spooled.ts';
import type { Spool, Spooled } from '../store/spool.ts';
import { checkHeader } from './check-header.ts';
import { chooseReturnPath } from './choose-return-path.ts';
import { encodeBinary } from './encode-binary.ts';
import type { FinishedBody } from './outgoing-body.ts';
import type { OutgoingMessage, Submit, SubmitRefusal, SubmitServices } from './outgoing-message.ts';
import { printReceived } from './print-received.ts';
import { signOutgoing } from './sign-outgoing.ts';

/**
 * The one door out, for whoever took the message: may they send as this, is it too much, what lacks, who signs; then one
 * entry of the queue for each recipient, all in one commit. spec/protocols.md section 1.7.
 */
export function createSubmit(services: SubmitServices): Submit {
  return (outgoing) => submit(services, outgoing);
}

async function submit(services: SubmitServices, outgoing: OutgoingMessage): Promise<Result<undefined, SubmitRefusal>> {
  const { directory, queue, log, hostname } = services;
  const given = await outgoing.body.finish();
  if (!given.headerComplete) return fail('header-too-long');
  const from = checkHeader(given.header, outgoing.account, directory);
  if (!from.ok) return from;
  const recipients = outgoing.recipients.map(({ address }) => printRecipient(address, hostname));
  const allowed = await queue.mayEnqueue(outgoing.account.id, recipients);
  if (typeof allowed === 'string') {
    log.warn('an account reached its limit of sending', { account: outgoing.account.name, limit: allowed });
    return fail(allowed);
  }
  try {
    return await send(services, outgoing, { given, recipients, fromDomain: from.value.domain });
  } finally {
    allowed.release();
  }
}

async function send(
  services: SubmitServices,
  outgoing: OutgoingMessage,
  { given, recipients, fromDomain }: Omit<Prepared, 'prefix' | 'body'> & { readonly given: FinishedBody },
): Promise<Result<undefined, SubmitRefusal>> {
  const body = await makeSendable(services, given);
  let done: Result<undefined, SubmitRefusal> | undefined;
  try {
    done = await signAndQueue(services, outgoing, { body, recipients, fromDomain });
    return done;
  } finally {
    // Of the two only one went into the queue; what was given is the caller's unless all went well.
    if (body !== given) await (done?.ok === true ? outgoing.body.discard() : discardSpooled(body.content));
  }
}

/** In a form that goes through everywhere, where that can be made. */
async function makeSendable({ store, hostname, clock }: SubmitServices, given: FinishedBody): Promise<FinishedBody> {
  if (given.form !== 'binary') return given;
  const newSpool = (): Spool => store.newSpool({ maxBytes: Number.MAX_SAFE_INTEGER });
  const encoded = await encodeBinary(given, newSpool, { hostname, clock });
  // What the sender alone sees was dropped before.
  return encoded === undefined ? given : { ...encoded, hidden: given.hidden };
}

async function signAndQueue(
  services: SubmitServices,
  outgoing: OutgoingMessage,
  { body, recipients, fromDomain }: Omit<Prepared, 'prefix'>,
): Promise<Result<undefined, SubmitRefusal>> {
  const { directory, clock, log, hostname } = services;
  const nowMs = clock.now();
  const { header, bodyHash } = body;
  const signatures = await signOutgoing(directory, { header, bodyHash, fromDomain, nowMs });
  if (!signatures.ok) {
    log.error('a message was not signed, so it is not sent', { message: outgoing.id, why: signatures.error });
    return fail('not-signed');
  }
  const forWhom = recipients.length === 1 ? recipients[0] : undefined;
  const received = printReceived({ hostname, via: outgoing.via, id: outgoing.id, forWhom, nowMs });
  const prefix = toOctets(received) + signatures.value;
  const copy = await copyForSender(services, outgoing, body);
  const { ids, filed } = await enqueue(
    services,
    describe(services, outgoing, { body, recipients, fromDomain, prefix }),
    copy,
  );
  const { account, id } = outgoing;
  log.info('message queued', {
    message: id,
    account: account.name,
    queue: ids.slice(0, 10).map(String),
    recipients: recipients.length,
    filed,
  });
  if (copy !== undefined) {
    const messageId = unfold(findField(header, 'message-id')?.raw ?? '');
    await services.sentCopies?.keep({ account, content: copy, prefix: body.hidden, messageId });
  }
  return ok(undefined);
}

/** Undefined when the account does not want one. */
function copyForSender(
  { directory, sentCopies }: SubmitServices,
  { account }: OutgoingMessage,
  { content }: FinishedBody,
): Promise<Spooled> | undefined {
  return sentCopies !== undefined && directory.sendingRulesOf(account).copySent ? copySpooled(content) : undefined;
}

async function enqueue({ queue }: SubmitServices, message: Outgoing, copy: Spooled | undefined): Promise<Enqueued> {
  try {
    return await queue.enqueue(message);
  } catch (error) {
    if (copy !== undefined) await discardSpooled(copy);
    throw error;
  }
}

interface Prepared {
  readonly body: FinishedBody;
  readonly recipients: readonly string[];
  readonly fromDomain: string;
  readonly prefix: string;
}

function describe(
  { directory, hostname }: SubmitServices,
  outgoing: OutgoingMessage,
  { body, recipients, fromDomain, prefix }: Prepared,
): Outgoing {
  const { account, sender } = outgoing;
  const { header } = body;
  const unique = directory.sendingRulesOf(account).uniqueReturnPaths;
  const returnPath = chooseReturnPath(directory, sender, { unique, recipients: recipients.length });
  const addresses = sender === undefined ? recipients : [printAddress(sender), ...recipients];
  return {
    accountId: account.id,
    content: body.content,
    header,
    prefix,
    body: body.form,
    utf8: !isPlain(header.text) || addresses.some((address) => !isPlain(address)),
    tls: outgoing.requireTls ? 'required' : saysTlsNotRequired(header) ? 'not-required' : 'default',
    envelopeId: outgoing.envelopeId,
    returnContent: outgoing.returnContent,
    subject: decodeHeaderText(unfold(findField(header, 'subject')?.raw ?? '')),
    headerMessageId: unfold(findField(header, 'message-id')?.raw ?? ''),
    fromDomain,
    kind: 'mail',
    recipients: outgoing.recipients.map(({ address, notify, originalRecipient }, n) => ({
      ...returnPath(),
      recipient: recipients[n] ?? '',
      domain: domainOf(address, hostname),
      notify,
      originalRecipient,
    })),
    notBeforeMs: outgoing.notBeforeMs,
    futureRelease: outgoing.futureRelease,
    lifetimeMs: undefined,
  };
}

function printRecipient(address: AddressParts, hostname: string): string {
  return printAddress({ localPart: address.localPart, domain: domainOf(address, hostname) });
}

/** The bare `postmaster` is that of this host (RFC 5321 section 4.5.1). */
function domainOf({ domain }: AddressParts, hostname: string): string {
  return domain === '' ? hostname : domain.toLowerCase();
}

/** RFC 8689 section 5: every such field must say so. */
function saysTlsNotRequired(header: Header): boolean {
  const fields = findFields(header, 'tls-required');
  return fields.length > 0 && fields.every(({ raw }) => trimBlanks(raw).toLowerCase() === 'no');
}

function isPlain(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\0-\x7f]*$/.test(text);
}

/** UTF-8 as one character an octet, as the queue wants its prefix. */
function toOctets(text: string): string {
  return isPlain(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
