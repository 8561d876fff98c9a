import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { parseAddress, parseLocalPart, printAddress } from './address-text.ts';
import { toAsciiDomain } from '../base/domain-name.ts';

/** `@example.org` → `example.org`; undefined when it is no catchall. */
export function catchallDomain(printed: string): string | undefined {
  return printed.startsWith('@') ? printed.slice(1) : undefined;
}

/** Takes apart what `readAddressKey` printed. */
export function parsePrinted(
  printed: string,
):
  | { readonly localPart: string; readonly domain: string }
  | { readonly localPart: undefined; readonly domain: string } {
  const at = printed.lastIndexOf('@');
  const domain = printed.slice(at + 1);
  if (at <= 0) return { localPart: undefined, domain };
  const local = parseLocalPart(printed.slice(0, at));
  return { localPart: local.ok ? local.value : printed.slice(0, at), domain };
}

/**
 * An address or `@domain` as a person writes it into configuration, in the one spelling in which it is kept. Fails with
 * a text that says what is wrong.
 */
export function readAddressKey(text: string): Result<string, string> {
  if (text.startsWith('@')) {
    const domain = toAsciiDomain(text.slice(1));
    return domain.ok ? ok(`@${domain.value}`) : fail(`"${text}" is no catchall: "@" and a domain name are expected`);
  }
  const address = parseAddress(text);
  if (address.ok) return ok(printAddress(address.value));
  const { expected, at } = address.error;
  return fail(`"${text}" is no address: ${expected} expected${at > 0 ? ` at character ${at + 1}` : ''}`);
}

/** A domain name as a person writes it. */
export function readDomainKey(text: string): Result<string, string> {
  const domain = toAsciiDomain(text);
  return domain.ok ? domain : fail(`"${text}" is no domain name`);
}
