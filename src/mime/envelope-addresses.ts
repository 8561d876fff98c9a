import { parseAddressItems } from './parse-addresses.ts';
import type { AddressItem } from './parse-addresses.ts';
import type { Header } from './parse-header.ts';

/** The address fields of a header that ENVELOPE shows, each as one list however often it is repeated; missing ones are empty. */
export interface EnvelopeAddresses {
  readonly from: readonly AddressItem[];
  readonly sender: readonly AddressItem[];
  readonly replyTo: readonly AddressItem[];
  readonly to: readonly AddressItem[];
  readonly cc: readonly AddressItem[];
  readonly bcc: readonly AddressItem[];
}

/** Addresses kept of each; the rest is left out. */
const MAX_ITEMS = 10_000;

/** Reads the address fields. RFC 5322 sections 3.6.2 and 3.6.3. */
export function readEnvelopeAddresses(header: Header): EnvelopeAddresses {
  const found: Record<keyof EnvelopeAddresses, AddressItem[]> = {
    from: [],
    sender: [],
    replyTo: [],
    to: [],
    cc: [],
    bcc: [],
  };
  for (const { name, raw } of header.fields) {
    const key = name === 'reply-to' ? 'replyTo' : name;
    if (isAddressField(key))
      for (const item of parseAddressItems(raw, MAX_ITEMS - found[key].length)) found[key].push(item);
  }
  return found;
}

function isAddressField(key: string): key is keyof EnvelopeAddresses {
  return key === 'from' || key === 'sender' || key === 'replyTo' || key === 'to' || key === 'cc' || key === 'bcc';
}
