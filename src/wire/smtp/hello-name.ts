import { toAsciiDomain } from '../../base/domain-name.ts';
import { malformed, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { parseAddressLiteral } from './address-literal.ts';

/** What a client calls itself. */
export interface HelloName {
  /** As written, at most 255 characters, no blanks or controls. */
  readonly text: string;
  /** It has the form that the RFC asks for: a domain or an address literal. */
  readonly wellFormed: boolean;
}

/**
 * The argument of EHLO and HELO: `Domain / address-literal` (RFC 5321 section 4.1.1.1). Names that are not domains are
 * frequent and harmless (`DESKTOP_7`), so only the absence of one is an error. Text behind a literal is tolerated.
 */
export function parseHelloName(rest: string): Result<HelloName> {
  const text = rest.trim().split(' ', 1)[0] ?? '';
  if (text === '' || text.length > 255) return malformed('domain or address literal', 0);
  const wellFormed = text.startsWith('[') ? parseAddressLiteral(text).ok : toAsciiDomain(text).ok;
  return ok({ text, wellFormed });
}
