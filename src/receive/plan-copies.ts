import { parseAddress } from '../directory/address-text.ts';
import type { Account, Directory } from '../directory/directory.ts';
import type { Arriving } from '../queue/courier.ts';
import type { AppendTarget } from '../store/append-target.ts';
import { decide } from './decide.ts';
import { targetOf } from './file.ts';
import { findCanonicalFrom } from './gather.ts';
import type { EnvelopeRecipient } from './incoming.ts';
import { maxReceived, traceOf } from './local-trace.ts';
import { screen } from './screen.ts';

export interface PlanServices {
  readonly directory: Pick<Directory, 'lookupRecipient' | 'canonicalAddress'>;
  readonly clock: { now(): number };
  readonly capture?: () => Account | undefined;
}

/**
 * What the local courier would file for each recipient, by the same decision, for the commit that takes the message.
 * Undefined for those whom only a try can answer: they are refused, or share their copy with another.
 */
export function planCopies(
  { directory, clock, capture }: PlanServices,
  { header, prefix, returnPath, recipients }: Arriving,
): readonly (readonly AppendTarget[] | undefined)[] {
  const copies: (readonly AppendTarget[] | undefined)[] = recipients.map(() => undefined);
  let received = 0;
  for (const { name } of header.fields) if (name === 'received') received++;
  if (received > maxReceived) return copies;
  const places: number[] = [];
  const envelope: EnvelopeRecipient[] = [];
  for (const [place, { recipient, notify, originalRecipient }] of recipients.entries()) {
    const address = parseAddress(recipient);
    const screened = address.ok ? screen(directory, address.value, capture?.()) : undefined;
    if (!address.ok || screened?.kind !== 'local') continue;
    const { destination } = screened;
    envelope.push({ address: address.value, printed: recipient, destination, notify, originalRecipient });
    places.push(place);
  }
  const decisions = decide(envelope, () => findCanonicalFrom(header, directory));
  // Who shares a copy shares its fate, which the commit does not know of.
  if (decisions.some((decision) => decision.do === 'accept' && decision.sameAs !== undefined)) return copies;
  const trace = traceOf(returnPath, prefix);
  for (const [n, decision] of decisions.entries()) {
    const place = places[n];
    if (decision.do !== 'accept' || place === undefined) continue;
    copies[place] = decision.copies.map((copy) => targetOf(copy, trace, clock.now()));
  }
  return copies;
}
