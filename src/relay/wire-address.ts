import { toAsciiDomain } from '../base/domain-name.ts';

// oxlint-disable-next-line no-control-regex
const ascii = /^[\0-\x7f]*$/;

/** An address with its domain in A-labels where the local part is ASCII: then nobody needs SMTPUTF8 for it. RFC 6531 section 3.2. */
export function toWireAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 0 || ascii.test(address) || !ascii.test(local)) return address;
  const domain = toAsciiDomain(address.slice(at + 1));
  return domain.ok ? `${local}@${domain.value}` : address;
}
