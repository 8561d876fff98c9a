import { decide } from './decide.ts';
import { file } from './file.ts';
import { findCanonicalFrom } from './gather.ts';
import type { MessageFacts } from './gather.ts';
import { readBounces } from './note-bounces.ts';
import { tellSender } from './tell-sender.ts';
import type { IncomingMessage, ReceiveServices, RecipientResult } from './incoming.ts';

/**
 * The door in: decides for each recipient, files the copies, logs the reasons. When it resolves, every copy told as filed
 * is on stable storage. Takes the spool over.
 * @throws StorageFull when there is no room; nothing was kept then.
 */
export async function receive(
  services: ReceiveServices,
  incoming: IncomingMessage,
  facts: MessageFacts,
): Promise<readonly RecipientResult[]> {
  let canonicalFrom: string | undefined;
  let asked = false;
  const decisions = decide(incoming.recipients, () => {
    if (!asked) canonicalFrom = findCanonicalFrom(facts.header, services.directory);
    asked = true;
    return canonicalFrom;
  });
  const sizeBytes = incoming.spool.sizeBytes;
  const noteBounces = readBounces(services, incoming);
  const results = await file(services, incoming, decisions);
  logResults(services, incoming, sizeBytes, results);
  await noteBounces?.(results);
  await tellSender(services, incoming, facts, results);
  return results;
}

function logResults(
  services: ReceiveServices,
  incoming: IncomingMessage,
  sizeBytes: number,
  results: readonly RecipientResult[],
): void {
  let copies = 0;
  let refused: string[] | undefined;
  for (const result of results) {
    if (result.kind === 'filed') copies += result.copies;
    else (refused ??= []).push(`${result.recipient.printed}: ${result.reason}`);
  }
  const fields = { message: incoming.id, sizeBytes, recipients: results.length, copies };
  if (refused === undefined) services.log.info('message received', fields);
  else if (refused.length === results.length) services.log.info('message refused', { ...fields, refused });
  else services.log.info('message received for some', { ...fields, refused });
}
