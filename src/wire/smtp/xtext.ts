import { malformed, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

const XTEXT = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/;

/** `xtext = *( xchar / hexchar )`, where hexchar is `+` and two upper-case hex digits. RFC 3461 section 4. */
export function parseXtext(text: string): Result<string> {
  if (!XTEXT.test(text)) return malformed('xtext', 0);
  return ok(text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))));
}

/** The printer; characters above U+00FF have no xtext form and are given as their UTF-8 octets. */
export function printXtext(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const octets = /^[\0-\xff]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
  return octets.replace(
    /[^!-*,-<>-~]/g,
    (character) => `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
